/** Rows of the curve read back whole, of some accounts: what a period's ticks came to. Others are passed over unparsed. */
import type { RecordedPeriod } from '../../src/domain/recorded.ts';

const newline = 10;
const quote = 34;

/** `columns` are the body's (JSONCompactEachRow), in order; the account is the first. */
export function* periodRows(
  columns: readonly string[],
  body: Uint8Array,
  accounts: ReadonlySet<string>,
): Generator<RecordedPeriod> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const places = new Map(columns.map((name, at) => [name, at]));
  if (places.get('account_id') !== 0) return;
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    // Ids of accounts need no escaping.
    const account = bytes.toString('latin1', start + 2, Math.max(start + 2, bytes.indexOf(quote, start + 2)));
    if (accounts.has(account)) {
      const values = JSON.parse(bytes.toString('utf8', start, end)) as unknown[];
      /** NaN where the row says null or has no such column. */
      const number = (column: string): number => {
        const value = values[places.get(column) ?? -1];
        return value === null || value === undefined ? NaN : Number(value);
      };
      yield {
        account,
        sequence: number('sequence'),
        tick: number('tick'),
        time: number('ts'),
        epoch: number('epoch'),
        navLow: number('nav_low'),
        navHigh: number('nav_high'),
        worstDrawdown: number('worst_drawdown'),
        profit: number('total_equity') - number('net_flow'),
      };
    }
    start = end + 1;
  }
}
