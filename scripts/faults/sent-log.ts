/** What a fault test sent, each event once, as columns that grow: a long run sends millions. */

export const kinds = ['fill', 'deposit', 'withdrawal', 'fee', 'dividend', 'conversion'] as const;
export type Kind = (typeof kinds)[number];

export interface SentEvent {
  readonly kind: Kind;
  readonly account: number;
  /** -1 where there is none. */
  readonly symbol: number;
  /** Signed, with `quantityScale` decimals. */
  readonly quantity: number;
  /** With `priceScale` decimals. */
  readonly price: number;
  readonly feeMinor: number;
  /** Minor units of the currency. */
  readonly amount: number;
  /** In `currencies`; of a fill the fee's. */
  readonly currency: number;
  /** Of a conversion: what was bought, in EUR. */
  readonly toAmount: number;
}

/** Each as narrow as what it holds: millions of events lie here, and travel between processes. */
const columnTypes = {
  kind: Uint8Array,
  account: Int32Array,
  symbol: Int16Array,
  quantity: Int32Array,
  price: Int32Array,
  feeMinor: Int32Array,
  amount: Int32Array,
  currency: Uint8Array,
  toAmount: Int32Array,
} as const;

type Name = keyof typeof columnTypes;
type Columns = { [N in Name]: InstanceType<(typeof columnTypes)[N]> };

/** As it travels between processes. */
export interface SentColumns {
  readonly count: number;
  readonly columns: Columns;
}

const names = Object.keys(columnTypes) as Name[];
const rowsAtFirst = 16_384;

export class SentLog {
  count = 0;
  private columns: Columns;
  private room: number;

  constructor(from?: SentColumns) {
    this.count = from?.count ?? 0;
    this.room = from === undefined ? rowsAtFirst : from.count;
    this.columns = from?.columns ?? columnsOf(rowsAtFirst);
  }

  /** Returns its row. */
  add(event: SentEvent): number {
    const row = this.count++;
    if (row === this.room) this.grow();
    const { columns } = this;
    columns.kind[row] = kinds.indexOf(event.kind);
    for (const name of names) if (name !== 'kind') columns[name][row] = event[name];
    return row;
  }

  at(row: number): SentEvent {
    const { kind, account, symbol, quantity, price, feeMinor, amount, currency, toAmount } = this.columns;
    return {
      kind: kinds[kind[row] ?? 0] ?? 'fill',
      account: account[row] ?? NaN,
      symbol: symbol[row] ?? NaN,
      quantity: quantity[row] ?? NaN,
      price: price[row] ?? NaN,
      feeMinor: feeMinor[row] ?? NaN,
      amount: amount[row] ?? NaN,
      currency: currency[row] ?? NaN,
      toAmount: toAmount[row] ?? NaN,
    };
  }

  accountOf(row: number): number {
    return this.columns.account[row] ?? NaN;
  }

  isFill(row: number): boolean {
    return this.columns.kind[row] === 0;
  }

  toColumns(): SentColumns {
    const { count, columns } = this;
    return { count, columns: columnsOf(count, columns) };
  }

  private grow(): void {
    this.room *= 2;
    this.columns = columnsOf(this.room, this.columns);
  }
}

/** With what is there, as far as there is room. */
function columnsOf(room: number, from?: Columns): Columns {
  const columns: Partial<Record<Name, Columns[Name]>> = {};
  for (const name of names) {
    const column = new columnTypes[name](room);
    if (from !== undefined) column.set(from[name].subarray(0, room));
    columns[name] = column;
  }
  return columns as Columns;
}
