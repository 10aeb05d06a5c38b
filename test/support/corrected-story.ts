/**
 * A story about one account told twice: as it came, with flows booked late and events voided later, and as it would have
 * been. Of the first a record is kept as ClickHouse would have it, for a walk.
 */
import type { Effect } from '../../src/domain/effect.ts';
import type { CurveRow } from '../../src/domain/equity-update.ts';
import { InstrumentTable } from '../../src/domain/instrument.ts';
import { minutesOf, SessionCalendar } from '../../src/domain/session-day.ts';
import { HistoryWalk } from '../../src/corrections/history-walk.ts';
import type { WalkEnd, WalkOptions } from '../../src/corrections/history-walk.ts';
import { walkThrough } from '../../src/corrections/history-order.ts';
import type { EffectRecord, PriceRecord } from '../../src/corrections/records.ts';
import { isBackdated, keyOf } from '../../src/corrections/records.ts';
import { LedgerBench } from './ledger-bench.ts';
import type { BenchOptions } from './ledger-bench.ts';
import { TwiceToldStory } from './twice-told-story.ts';

/** A bench that keeps what it did. */
class RecordingBench extends LedgerBench {
  readonly effects: EffectRecord[] = [];

  override applied(effect: Effect): void {
    super.applied(effect);
    this.keep(effect);
  }

  override bookedLate(effect: Effect): void {
    super.bookedLate(effect);
    this.keep(effect);
  }

  private keep(e: Effect): void {
    const { event } = e;
    const isSettlement = 'direction' in event || (event.kind === 'void' && event.area === 'settlements');
    const row = this.book.accounts.find(e.accountId);
    this.effects.push({
      ...e,
      kind: event.kind,
      area: isSettlement ? 'settlements' : 'cash',
      id: 'id' in event ? event.id : '',
      of: event.kind === 'void' ? event.of : '',
      effectiveAt: 'effectiveAt' in event ? event.effectiveAt : NaN,
      symbol: e.symbol === '' ? -1 : this.symbols.intern(e.symbol),
      fee: 'direction' in event ? event.fee : 0,
      feeCurrency: 'direction' in event && event.feeCurrency !== '' ? event.feeCurrency : e.currency,
      amount: 'amount' in event ? event.amount : 0,
      toCurrency: 'toCurrency' in event ? event.toCurrency : '',
      toAmount: 'toAmount' in event ? event.toAmount : 0,
      openPositions: this.book.accounts.openPositions[row] ?? 0,
    });
  }
}

export class CorrectedStory extends TwiceToldStory<RecordingBench> {
  readonly rows: CurveRow[] = [];
  readonly meantRows: CurveRow[] = [];
  private readonly prices: PriceRecord[] = [];
  private readonly lastPrices = new Map<number, PriceRecord>();
  private readonly resolutionMs: number;
  private period = NaN;
  private readonly options: BenchOptions;
  private readonly instruments: Readonly<Record<string, object>>;

  constructor(
    options: BenchOptions = {},
    instruments: Readonly<Record<string, object>> = {},
    resolutionMs = 0,
  ) {
    const timed = { eventsHaveTime: true, ...options };
    super(new RecordingBench(timed), timed, instruments);
    this.options = timed;
    this.instruments = instruments;
    this.resolutionMs = resolutionMs;
  }

  /** Without `resolutionMs` every tick is a period of the curve. */
  tick(time: number): void {
    if (Math.floor(time / this.resolutionMs) !== this.period) this.endPeriod();
    this.period = Math.floor(time / this.resolutionMs);
    const before = new Map<number, string>();
    const seen = (symbol: number): string => JSON.stringify(this.told.book.mark(symbol));
    const named = [...Object.keys(this.instruments), 'ACME', 'EURUSD', 'USDJPY'].map((name) =>
      this.told.symbols.intern(name),
    );
    for (const symbol of named) before.set(symbol, seen(symbol));
    this.told.tick(time);
    this.meant.tick(time);
    this.meantRows.push(...this.meant.curve());
    for (const symbol of new Set(named)) {
      if (!this.told.book.hasMark(symbol) || before.get(symbol) === seen(symbol)) continue;
      const { mid, bid, ask } = this.told.book.mark(symbol);
      this.lastPrices.set(symbol, { symbol, ts: time, tick: time, mid, bid, ask });
    }
    if (this.resolutionMs === 0) this.endPeriod();
  }

  private endPeriod(): void {
    this.rows.push(...this.told.curve());
    this.prices.push(...[...this.lastPrices.values()].sort((a, b) => a.ts - b.ts));
    this.lastPrices.clear();
  }

  /** The history as corrected, from the beginning or from behind a row of an earlier walk. */
  async corrected(from: WalkOptions['from'] = null): Promise<{ rows: CurveRow[]; end: WalkEnd | null }> {
    const { told } = this;
    this.endPeriod();
    const table = new InstrumentTable(told.symbols);
    for (const [symbol, fields] of Object.entries(this.instruments))
      table.set(told.symbols.intern(symbol), fields);
    const effects = told.effects.filter(({ kind }) => kind !== 'rebase');
    const voided = new Set(effects.filter((e) => e.kind === 'void').map((e) => keyOf(e.area, e.of)));
    const backdated = effects
      .filter((e) => isBackdated(e) && !voided.has(keyOf(e.area, e.id)))
      .sort((a, b) => a.effectiveAt - b.effectiveAt);
    const rows: CurveRow[] = [];
    const walk = new HistoryWalk({
      account: 'a',
      market: {
        baseCurrency: this.options.base ?? 'USD',
        instruments: table,
        pivot: this.options.pivot ?? 'USD',
        marksAtExit: this.options.mark === 'exit',
      },
      calendar: new SessionCalendar('America/New_York', minutesOf('17:00') ?? 0),
      dustMinor: 100,
      corrections: { voided, backdated },
      from,
      emit: (row) => rows.push({ ...row }),
    });
    const since = from?.corrected.timestamp ?? -Infinity;
    await walkThrough(
      walk,
      {
        rows: each(this.rows.filter(({ timestamp }) => timestamp > since)),
        effects: each(effects),
        prices: each(this.prices),
      },
      this.resolutionMs,
    );
    return { rows, end: walk.end() };
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
