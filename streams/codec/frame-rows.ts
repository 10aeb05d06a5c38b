/**
 * Rows of frames, read back for a restart: the last row of each account's curve, and late bookings among effects.
 * Writing them is the row encoders' business.
 */
import type { RecordedCurve } from '../../src/domain/recorded.ts';
import type { FramedLate } from '../../src/ports.ts';

const bookedKind = '"booked"';
const newline = 10;
const quote = 34;
const comma = 44;
const zero = 48;
/** How a row begins that can be told from others without parsing it: ids of accounts need no escaping. */
const usualHead = ['account_id', 'session_date', 'ts', 'tick'];
/** Figures of an account grow by few digits from row to row. */
const rowGrowthBytes = 32;

/** The last row of each account in a body of JSONCompactEachRow; `columns` are its columns, in order. */
export function lastCurves(columns: readonly string[], body: Uint8Array): Map<string, RecordedCurve> {
  const rows = new LastRows();
  rows.add(columns, body);
  return rows.curves();
}

interface Row {
  columns: readonly string[];
  tick: number;
  /** A copy, with room for a longer one. */
  bytes: Buffer;
  length: number;
}

/**
 * The last row of each account over many bodies, as bytes: only what nothing came after is parsed, at the end. A body
 * that was sent again may come behind newer ones, so that of two rows the one of the later tick counts.
 */
export class LastRows {
  private readonly rows = new Map<string, Row>();

  /** The body is valid during the call. */
  add(columns: readonly string[], body: Uint8Array): void {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
    const isUsual = usualHead.every((name, at) => columns[at] === name);
    const accountAt = columns.indexOf('account_id');
    const tickAt = columns.indexOf('tick');
    for (let start = 0; start < bytes.length;) {
      const found = bytes.indexOf(newline, start);
      const end = found < 0 ? bytes.length : found;
      const accountEnd = isUsual ? bytes.indexOf(quote, start + 2) : -1;
      if (accountEnd > 0) {
        const account = bytes.toString('latin1', start + 2, accountEnd);
        this.keep(account, tickAfter(bytes, accountEnd), columns, bytes, start, end);
      } else if (end > start) {
        const values = parsed(bytes, start, end);
        this.keep(String(values[accountAt]), Number(values[tickAt]), columns, bytes, start, end);
      }
      start = end + 1;
    }
  }

  curves(): Map<string, RecordedCurve> {
    const curves = new Map<string, RecordedCurve>();
    let columns: readonly string[] = [];
    let places = new Map<string, number>();
    for (const [account, row] of this.rows) {
      if (row.columns !== columns) {
        columns = row.columns;
        places = new Map(columns.map((name, at) => [name, at]));
      }
      curves.set(account, curveOf(places, parsed(row.bytes, 0, row.length)));
    }
    return curves;
  }

  private keep(
    account: string,
    tick: number,
    columns: readonly string[],
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const length = end - start;
    let row = this.rows.get(account);
    if (row !== undefined && tick < row.tick) return;
    if (row === undefined || row.bytes.length < length) {
      row = { columns, tick, bytes: Buffer.allocUnsafeSlow(length + rowGrowthBytes), length };
      this.rows.set(account, row);
    }
    row.columns = columns;
    row.tick = tick;
    row.length = length;
    bytes.copy(row.bytes, 0, start, end);
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

/** The number after two more commas than the one at the end of the account: `",date,time,tick`. None has one in it. */
function tickAfter(bytes: Buffer, accountEnd: number): number {
  let at = bytes.indexOf(comma, bytes.indexOf(comma, accountEnd + 2) + 1) + 1;
  let tick = 0;
  for (let digit = digitAt(bytes, at); digit >= 0 && digit <= 9; digit = digitAt(bytes, ++at)) {
    tick = tick * 10 + digit;
  }
  return tick;
}

function digitAt(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) - zero;
}

function parsed(bytes: Buffer, start: number, end: number): unknown[] {
  return JSON.parse(bytes.toString('utf8', start, end)) as unknown[];
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
