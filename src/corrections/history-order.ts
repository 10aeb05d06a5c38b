/**
 * The order of an account's past. A row has the sequence of the last event that is in it, so that events come before the
 * first row that reaches theirs, whatever two clocks said. An event leads to a row at the next tick: prices of periods
 * before that row's come before it, those of its period behind it, unless their own tick was before it.
 */
import type { CurveRow } from '../domain/equity-update.ts';
import type { HistoryWalk } from './history-walk.ts';
import type { EffectRecord, PriceRecord } from './records.ts';

export interface History {
  /** By time and tick. */
  readonly rows: AsyncIterable<CurveRow>;
  /** By sequence, index and time. */
  readonly effects: AsyncIterable<EffectRecord>;
  /** By time; of symbols that had a price when the walk begins, that one is the first. */
  readonly prices: AsyncIterable<PriceRecord>;
}

/**
 * @param after asked behind each row; what it answers is waited for
 * @param resolutionMs period of the curve; 0: every tick is one
 */
export async function walkThrough(
  walk: HistoryWalk,
  history: History,
  resolutionMs: number,
  after: () => Promise<void> | undefined = () => undefined,
): Promise<void> {
  const effects = await Cursor.open(history.effects);
  const prices = await Cursor.open(history.prices);
  const { time: since, sequence: sinceSequence } = walk.since;
  const periodOf = (ts: number): number => (resolutionMs === 0 ? ts : Math.floor(ts / resolutionMs));
  const late: EffectRecord[] = [];
  const effectsUpTo = async (sequence: number, end: number): Promise<void> => {
    for (let e = effects.next; e !== null && e.sequence <= sequence; e = effects.next) {
      // Of several ticks in a period some are before the event. Of one tick, every price is behind it.
      const isBefore = ({ ts }: PriceRecord): boolean => resolutionMs > 0 && ts <= end && ts < e.time;
      for (let price = prices.next; price !== null && isBefore(price); price = prices.next) {
        walk.mark(price);
        await prices.move();
      }
      // Booked at a tick, under the sequence of an earlier event.
      if (e.kind === 'booked' && e.time > since) late.push(e);
      else walk.effect(e);
      await effects.move();
    }
  };
  try {
    for (let price = prices.next; price !== null && price.ts <= since; price = prices.next) {
      walk.mark(price);
      await prices.move();
    }
    // What was off when the walk begins.
    await effectsUpTo(sinceSequence, since);
    for await (const row of history.rows) {
      const period = periodOf(row.timestamp);
      for (let price = prices.next; price !== null && periodOf(price.ts) < period; price = prices.next) {
        walk.price(price);
        await prices.move();
      }
      walk.endPeriod();
      await effectsUpTo(row.sequence, row.timestamp);
      for (let price = prices.next; price !== null && price.ts <= row.timestamp; price = prices.next) {
        walk.price(price);
        await prices.move();
      }
      for (const e of late.filter(({ time }) => time <= row.timestamp)) {
        late.splice(late.indexOf(e), 1);
        walk.effect(e);
      }
      walk.row(row);
      const wait = after();
      if (wait !== undefined) await wait;
    }
  } finally {
    await effects.close();
    await prices.close();
  }
}

/** The next element of a sequence, looked at before it is taken. */
class Cursor<T> {
  next: T | null = null;
  private readonly iterator: AsyncIterator<T>;

  private constructor(iterator: AsyncIterator<T>) {
    this.iterator = iterator;
  }

  static async open<T>(sequence: AsyncIterable<T>): Promise<Cursor<T>> {
    const cursor = new Cursor(sequence[Symbol.asyncIterator]());
    await cursor.move();
    return cursor;
  }

  async move(): Promise<void> {
    const result = await this.iterator.next();
    this.next = result.done === true ? null : result.value;
  }

  async close(): Promise<void> {
    await this.iterator.return?.();
  }
}
