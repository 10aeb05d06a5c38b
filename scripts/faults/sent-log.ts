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

/** As it travels between processes. */
export interface SentColumns {
  readonly count: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

const names = [
  'kind',
  'account',
  'symbol',
  'quantity',
  'price',
  'feeMinor',
  'amount',
  'currency',
  'toAmount',
] as const;
const rowsAtFirst = 16_384;

export class SentLog {
  count = 0;
  private readonly columns: Record<string, Float64Array>;

  constructor(from?: SentColumns) {
    this.count = from?.count ?? 0;
    this.columns = { ...from?.columns };
    for (const name of names) this.columns[name] ??= new Float64Array(rowsAtFirst);
  }

  /** Returns its row. */
  add(event: SentEvent): number {
    const row = this.count++;
    for (const name of names) {
      const value = name === 'kind' ? kinds.indexOf(event.kind) : event[name];
      let column = this.columns[name] as Float64Array;
      if (row === column.length) {
        const longer = new Float64Array(2 * row);
        longer.set(column);
        this.columns[name] = column = longer;
      }
      column[row] = value;
    }
    return row;
  }

  at(row: number): SentEvent {
    const of = (name: (typeof names)[number]): number => this.columns[name]?.[row] ?? NaN;
    return {
      kind: kinds[of('kind')] ?? 'fill',
      account: of('account'),
      symbol: of('symbol'),
      quantity: of('quantity'),
      price: of('price'),
      feeMinor: of('feeMinor'),
      amount: of('amount'),
      currency: of('currency'),
      toAmount: of('toAmount'),
    };
  }

  accountOf(row: number): number {
    return this.columns['account']?.[row] ?? NaN;
  }

  isFill(row: number): boolean {
    return this.columns['kind']?.[row] === 0;
  }

  toColumns(): SentColumns {
    const { count } = this;
    return {
      count,
      columns: Object.fromEntries(
        names.map((name) => [name, (this.columns[name] as Float64Array).slice(0, count)]),
      ),
    };
  }
}
