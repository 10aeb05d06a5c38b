/**
 * What hung on marks when events happened, as the table `effects` has it: asked for a page of events at a time. Where
 * ClickHouse cannot be asked, nothing is recorded, and why is kept to be told once.
 */
import type { StoreDoor } from '../../client/store.ts';
import { Failure } from '../context.ts';
import { elementKey } from '../rebuild/ledger-only.ts';

/** In base; null where nothing was booked, or the figure had no meaning. */
export interface RecordedFigures {
  readonly tick: number;
  readonly realized_base: number | null;
  readonly fees_base: number | null;
  readonly income_base: number | null;
  readonly flow_base: number | null;
  readonly rate: number | null;
  readonly equity_before: number | null;
  readonly nav_before: number | null;
  readonly units: number | null;
  readonly nav: number | null;
}

const columns = [
  'tick', 'realized_base', 'fees_base', 'income_base', 'flow_base', 'rate', 'equity_before', 'nav_before', 'units',
  'nav',
] as const satisfies readonly (keyof RecordedFigures)[]; // prettier-ignore

type Row = Readonly<Record<(typeof columns)[number], string | number | null>> & {
  readonly sequence: string;
  readonly idx: number;
};

export class RecordedPages {
  /** Why nothing is known; null while ClickHouse answers. */
  failure: string | null = null;
  private readonly store: StoreDoor;
  private readonly account: string;

  constructor(store: StoreDoor, account: string) {
    this.store = store;
    this.account = account;
  }

  /** By element, of the LEDGER sequences from `first` through `last`. */
  async of(first: number, last: number): Promise<ReadonlyMap<string, RecordedFigures>> {
    if (this.failure !== null) return new Map();
    try {
      const rows = await this.store.rows<Row>(
        `SELECT sequence, idx, ${columns.join(', ')} FROM effects
         WHERE account_id = {account:String} AND sequence >= {first:UInt64} AND sequence <= {last:UInt64}
           AND kind NOT IN ('rejected', 'booked')`,
        { account: this.account, first, last },
      );
      return new Map(rows.map((row) => [elementKey(Number(row.sequence), row.idx), figuresOf(row)]));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.failure = error.message;
      return new Map();
    }
  }
}

/** Integers come as text. */
function figuresOf(row: Row): RecordedFigures {
  const figures = columns.map((column) => [column, row[column] === null ? null : Number(row[column])]);
  return Object.fromEntries(figures) as RecordedFigures;
}
