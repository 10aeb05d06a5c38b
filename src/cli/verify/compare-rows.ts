/**
 * ClickHouse's rows of one account against its applied events, row by row: what is missing, what stands there twice,
 * what nobody applied, what has another figure. For accounts whose sums do not add up. Bounded.
 */
import { limits } from '../../../config/limits.ts';
import type { Effect } from '../../domain/effect.ts';
import type { StoreDoor } from '../../client/store.ts';
import { countText } from '../format.ts';
import { IndifferentJudge } from '../rebuild/indifferent-judge.ts';
import { inRange, isApplied, rangeParameters } from './compare-totals.ts';
import type { Differences } from './differences.ts';
import { rowTables, tablesOf } from './tallies.ts';
import type { RowTable } from './tallies.ts';

interface KeyedRow {
  readonly source: RowTable;
  readonly sequence: string;
  readonly idx: number;
  readonly times: string;
  readonly id: string;
  readonly cash_effect: string;
  readonly realized: string;
}

export class RowComparison extends IndifferentJudge {
  private readonly rows = new Map<string, KeyedRow>();
  private readonly account: string;
  private readonly differences: Differences;

  private constructor(account: string, differences: Differences) {
    super();
    this.account = account;
    this.differences = differences;
  }

  /** Its rows up to a LEDGER sequence; null where there are too many to hold, which is told as a difference. */
  static async open(
    store: StoreDoor,
    account: string,
    through: number,
    differences: Differences,
  ): Promise<RowComparison | null> {
    const comparison = new RowComparison(account, differences);
    const { rows } = comparison;
    const parts = rowTables.map(
      (table) => `SELECT '${table}' AS source, sequence, idx, count() AS times, any(id) AS id,
        any(cash_effect) AS cash_effect, ${table === 'cash_flows' ? 'toInt64(0)' : 'any(realized)'} AS realized
      FROM ${table} WHERE ${inRange} AND ${isApplied[table]} GROUP BY sequence, idx`,
    );
    const { lines } = await store.run(
      `SELECT * FROM (${parts.join('\nUNION ALL\n')}) LIMIT ${limits.verifyRowsMax + 1}`,
      { format: 'JSONEachRow', parameters: rangeParameters({ first: account, last: account, through }) },
    );
    for await (const some of lines) {
      for (const line of some) {
        const row = JSON.parse(line) as KeyedRow;
        rows.set(keyOf(row.source, Number(row.sequence), row.idx), row);
      }
    }
    if (rows.size <= limits.verifyRowsMax) return comparison;
    const what = `rows do not add up, and are more than ${countText(limits.verifyRowsMax)}`;
    differences.clickhouse(account, what, null, countText(rows.size));
    return null;
  }

  /** An event that was applied, in LEDGER's order. */
  override applied(effect: Effect): void {
    const { event, sequence, index } = effect;
    for (const table of tablesOf(event)) {
      const key = keyOf(table, sequence, index);
      const row = this.rows.get(key);
      this.rows.delete(key);
      const id = 'id' in event ? event.id : '';
      const name = id === '' ? event.kind : `${event.kind} ${id}`;
      if (row === undefined) this.tell(key, name, 'missing');
      else this.compare(key, table, row, name, id, effect);
    }
  }

  /** What is left is of no applied event. */
  end(): void {
    for (const [key, { id }] of this.rows)
      this.tell(key, 'no such event', id === '' ? 'a row' : `a row, ${id}`);
  }

  private compare(
    key: string,
    table: RowTable,
    row: KeyedRow,
    name: string,
    id: string,
    effect: Effect,
  ): void {
    if (Number(row.times) > 1) this.tell(key, `1 row, ${name}`, `${row.times} rows`);
    if (row.id !== id) this.tell(`${key} id`, id, row.id);
    this.figure(`${key} cash effect`, effect.cashEffect, row.cash_effect);
    if (table !== 'cash_flows') this.figure(`${key} realized`, effect.realized, row.realized);
  }

  private figure(what: string, ledger: number, found: string): void {
    if (Number(found) !== ledger) this.tell(what, String(ledger), found);
  }

  private tell(what: string, ledger: string, found: string): void {
    this.differences.clickhouse(this.account, what, ledger, found);
  }
}

function keyOf(table: RowTable, sequence: number, index: number): string {
  return `${table} ${sequence}.${index}`;
}
