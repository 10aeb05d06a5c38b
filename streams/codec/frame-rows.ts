/**
 * Rows of frames, read back for a restart: the last row of each account's curve, and late bookings among effects.
 * Writing them is the row encoders' business.
 */
import type { FramedLate, RecordedCurve, RecordedCurves } from '../../src/domain/recorded.ts';
import { ByteInterner } from './byte-interner.ts';

const bookedKind = '"booked"';
const newline = 10;
const quote = 34;
const comma = 44;
const zero = 48;
/** How a row begins that can be told from others without parsing it: ids of accounts need no escaping. */
const usualHead = ['account_id', 'session_date', 'ts', 'tick'];
/** Figures of an account grow by few digits from row to row. */
const rowGrowthBytes = 32;

/** Rows are copied into pieces of memory of this size: one piece a row would keep the garbage collector busy. */
const chunkBytes = 1_048_576;

interface Row {
  columns: readonly string[];
  tick: number;
  /** A copy, in a chunk, with room for a longer one. */
  chunk: Buffer;
  start: number;
  room: number;
  length: number;
}

/**
 * The last row of each account over many bodies, as bytes: only what nothing came after is parsed, at the end. A body
 * that was sent again may come behind newer ones, so that of two rows the one of the later tick counts.
 */
export class LastRows implements RecordedCurves {
  /** Accounts by the bytes of their ids, to their places in `rows`: no text is made of an id that comes again. */
  private readonly accounts = new ByteInterner(Infinity);
  private readonly rows: Row[] = [];
  private chunk = Buffer.alloc(0);
  private used = 0;

  /** A body of JSONCompactEachRow, valid during the call; `columns` are its columns, in order. */
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
        const row = this.rowOf(bytes, start + 2, accountEnd);
        this.keep(row, tickAfter(bytes, accountEnd), columns, bytes, start, end);
      } else if (end > start) {
        const values = parsed(bytes, start, end);
        const account = Buffer.from(String(values[accountAt]));
        const row = this.rowOf(account, 0, account.length);
        this.keep(row, Number(values[tickAt]), columns, bytes, start, end);
      }
      start = end + 1;
    }
  }

  get size(): number {
    return this.rows.length;
  }

  *[Symbol.iterator](): Generator<[string, RecordedCurve]> {
    let columns: readonly string[] | null = null;
    let accountAt = -1;
    let read = curveReader([]);
    for (const row of this.rows) {
      if (row.columns !== columns) {
        columns = row.columns;
        accountAt = columns.indexOf('account_id');
        read = curveReader(columns);
      }
      const values = parsed(row.chunk, row.start, row.start + row.length);
      yield [String(values[accountAt]), read(values)];
    }
  }

  private rowOf(bytes: Uint8Array, start: number, end: number): Row {
    const known = this.rows[this.accounts.find(bytes, start, end)];
    if (known !== undefined) return known;
    this.accounts.add(bytes, start, end, this.rows.length);
    const row: Row = { columns: [], tick: NaN, chunk: this.chunk, start: 0, room: -1, length: 0 };
    this.rows.push(row);
    return row;
  }

  private keep(
    row: Row,
    tick: number,
    columns: readonly string[],
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const length = end - start;
    if (tick < row.tick) return;
    if (row.room < length) this.place(row, length + rowGrowthBytes);
    row.columns = columns;
    row.tick = tick;
    row.length = length;
    bytes.copy(row.chunk, row.start, start, end);
  }

  /** Gives the row a place; a former one is given up with its chunk. */
  private place(row: Row, room: number): void {
    if (this.used + room > this.chunk.length) {
      this.chunk = Buffer.allocUnsafeSlow(Math.max(chunkBytes, room));
      this.used = 0;
    }
    row.chunk = this.chunk;
    row.start = this.used;
    row.room = room;
    this.used += room;
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

/** Of rows of effects `<sequence>:<index>` of each event that was applied: every row is parsed. */
export function* effectPlaces(columns: readonly string[], body: Uint8Array): Generator<string> {
  const [kind, sequence, index] = ['kind', 'sequence', 'idx'].map((name) => columns.indexOf(name));
  for (const line of Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8').split('\n')) {
    if (line === '') continue;
    const values = JSON.parse(line) as unknown[];
    if (values[kind ?? -1] === 'booked' || values[kind ?? -1] === 'rejected') continue;
    yield `${String(values[sequence ?? -1])}:${String(values[index ?? -1])}`;
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

/** Reads rows of these columns; the places are looked for once. */
function curveReader(columns: readonly string[]): (values: readonly unknown[]) => RecordedCurve {
  const [sessionDate, wipedOut] = [columns.indexOf('session_date'), columns.indexOf('wiped_out')];
  const at = {
    sequence: columns.indexOf('sequence'),
    tick: columns.indexOf('tick'),
    time: columns.indexOf('ts'),
    totalEquity: columns.indexOf('total_equity'),
    cashBalance: columns.indexOf('cash_balance'),
    unrealizedPnl: columns.indexOf('unrealized_pnl'),
    netFlow: columns.indexOf('net_flow'),
    epoch: columns.indexOf('epoch'),
    units: columns.indexOf('units'),
    nav: columns.indexOf('nav'),
    peakNav: columns.indexOf('peak_nav'),
    drawdown: columns.indexOf('drawdown'),
    maxDrawdown: columns.indexOf('max_drawdown'),
    maxDrawdownLife: columns.indexOf('max_drawdown_life'),
    dayOpenEquity: columns.indexOf('day_open_equity'),
    dayOpenNav: columns.indexOf('day_open_nav'),
    dayNetFlow: columns.indexOf('day_net_flow'),
    peakProfit: columns.indexOf('peak_profit'),
    peakTime: columns.indexOf('peak_ts'),
  };
  return (values) => {
    const date = values[sessionDate];
    return {
      sessionDate: typeof date === 'string' ? date : '',
      sequence: figure(values, at.sequence),
      tick: figure(values, at.tick),
      time: figure(values, at.time),
      totalEquity: figure(values, at.totalEquity),
      cashBalance: figure(values, at.cashBalance),
      unrealizedPnl: figure(values, at.unrealizedPnl),
      netFlow: figure(values, at.netFlow),
      epoch: figure(values, at.epoch),
      units: figure(values, at.units),
      nav: figure(values, at.nav),
      peakNav: figure(values, at.peakNav),
      drawdown: figure(values, at.drawdown),
      maxDrawdown: figure(values, at.maxDrawdown),
      maxDrawdownLife: figure(values, at.maxDrawdownLife),
      dayOpenEquity: figure(values, at.dayOpenEquity),
      dayOpenNav: figure(values, at.dayOpenNav),
      dayNetFlow: figure(values, at.dayNetFlow),
      peakProfit: figure(values, at.peakProfit),
      peakTime: figure(values, at.peakTime),
      wipedOut: values[wipedOut] === true,
    };
  };
}

/** NaN where the row says null or has no such column. */
function figure(values: readonly unknown[], at: number): number {
  const value = values[at];
  return value === null || value === undefined ? NaN : Number(value);
}
