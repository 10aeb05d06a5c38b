import assert from 'node:assert/strict';
import { textOf, type Columns, type RawRow } from '../../src/gateway/columns.ts';
import { pageClause, pageOf } from '../../src/gateway/page.ts';

describe('pages', () => {
  const columns: Columns = { id: 'text', amount: 'money' };
  const key = ['id', 'amount'];
  const rows: RawRow[] = ['', '', '', 'a', 'b', 'b'].map((id) => ({ id, amount: '-5' }));

  /** What the database makes of the clause. */
  function answer(clause: string): RawRow[] {
    const [, from = '', count = '', skipped = '0'] =
      /^ (?:WHERE .* >= \('(.*?)', -5\) )?ORDER .*LIMIT (\d+)(?: OFFSET (\d+))?$/.exec(clause) ?? [];
    return rows
      .filter(({ id }) => textOf(id) >= from)
      .slice(Number(skipped), Number(skipped) + Number(count));
  }

  it('leave nothing out and repeat nothing, however many rows have one key', () => {
    for (let limit = 1; limit <= rows.length; limit++) {
      const found: RawRow[] = [];
      for (let after: string | undefined; ;) {
        const page = pageOf(answer(pageClause(columns, key, { after, limit })), key, { after, limit });
        found.push(...page.rows);
        if (page.next === null) break;
        after = page.next;
      }
      assert.deepEqual(found, rows, `${limit} a page`);
    }
  });
});
