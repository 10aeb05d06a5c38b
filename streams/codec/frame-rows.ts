/**
 * Rows of frames, read back for a restart: the last row of each account's curve, and late bookings among effects.
 * Writing them is the row encoders' business.
 */
import type { RecordedCurve } from '../../src/domain/recorded.ts';
import type { FramedLate } from '../../src/ports.ts';

const bookedKind = '"booked"';
const newline = 10;
const quote = 34;
const decoder = new TextDecoder();

/** The last row of each account in a body of JSONCompactEachRow; `columns` are its columns, in order. */
export function* lastCurves(
  columns: readonly string[],
  body: Uint8Array,
): Generator<readonly [account: string, curve: RecordedCurve]> {
  const places = new Map(columns.map((name, at) => [name, at]));
  const accountAt = places.get('account_id') ?? -1;
  const seen = new Set<string>();
  let end = body.length;
  while (end > 0) {
    const start = end < 2 ? 0 : body.lastIndexOf(newline, end - 2) + 1;
    const early = accountAt === 0 ? firstString(body, start, end) : null;
    if (end - start > 1 && (early === null || !seen.has(early))) {
      const values = JSON.parse(decoder.decode(body.subarray(start, end))) as unknown[];
      const account = String(values[accountAt]);
      if (!seen.has(account)) yield [account, curveOf(places, values)];
      seen.add(account);
    }
    end = start;
  }
}

/** Late bookings among rows of effects: `booked` is looked for in the bytes, since most bodies have none. */
export function* lateBookings(columns: readonly string[], body: Uint8Array): Generator<FramedLate> {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (!text.includes(bookedKind)) return;
  const places = new Map(columns.map((name, at) => [name, at]));
  for (const line of text.toString('utf8').split('\n')) {
    if (!line.includes(bookedKind)) continue;
    const values = JSON.parse(line) as unknown[];
    const value = (column: string): unknown => values[places.get(column) ?? -1];
    if (value('kind') !== 'booked') continue;
    yield {
      account: String(value('account_id')),
      sequence: Number(value('sequence')),
      tick: Number(value('tick')),
      currency: String(value('currency')),
      amount: Number(value('amount')),
    };
  }
}

/** The string that a row begins with, unparsed: ids of accounts need no escaping. null where there is none. */
function firstString(body: Uint8Array, start: number, end: number): string | null {
  const from = start + 2;
  const to = body.indexOf(quote, from);
  if (body[start + 1] !== quote || to < 0 || to >= end) return null;
  let text = '';
  for (let at = from; at < to; at++) text += String.fromCharCode(body[at] ?? 0);
  return text;
}

function curveOf(places: ReadonlyMap<string, number>, values: readonly unknown[]): RecordedCurve {
  /** NaN where the row says null or has no such column. */
  const number = (column: string): number => {
    const value = values[places.get(column) ?? -1];
    return value === null || value === undefined ? NaN : Number(value);
  };
  const sessionDate = values[places.get('session_date') ?? -1];
  return {
    sessionDate: typeof sessionDate === 'string' ? sessionDate : '',
    sequence: number('sequence'),
    tick: number('tick'),
    time: number('ts'),
    totalEquity: number('total_equity'),
    cashBalance: number('cash_balance'),
    unrealizedPnl: number('unrealized_pnl'),
    netFlow: number('net_flow'),
    epoch: number('epoch'),
    units: number('units'),
    nav: number('nav'),
    peakNav: number('peak_nav'),
    drawdown: number('drawdown'),
    maxDrawdown: number('max_drawdown'),
    maxDrawdownLife: number('max_drawdown_life'),
    dayOpenEquity: number('day_open_equity'),
    dayOpenNav: number('day_open_nav'),
    dayNetFlow: number('day_net_flow'),
    peakProfit: number('peak_profit'),
    wipedOut: values[places.get('wiped_out') ?? -1] === true,
    peakTime: number('peak_ts'),
  };
}
