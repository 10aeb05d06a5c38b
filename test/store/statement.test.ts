/** What the store reads out of a statement's text. */
import assert from 'node:assert/strict';
import { readStatement } from '../../src/store/statement.ts';

describe('a statement', () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    ['SELECT 1', 'select', null],
    ['select 1 format JSON', 'select', 'JSON'],
    ['SELECT 1 FORMAT CSV SETTINGS max_threads = 1', 'select', 'CSV'],
    ['SELECT 1 FORMAT CSV;  -- done', 'select', 'CSV'],
    ["SELECT 'FORMAT JSON'", 'select', null],
    ['SELECT 1 -- FORMAT JSON', 'select', null],
    ['SELECT 1 /* ; FORMAT JSON */', 'select', null],
    ['SELECT `FORMAT` FROM t', 'select', null],
    ['SELECT (SELECT 1 FORMAT) AS format', 'select', null],
    ['WITH 1 AS x SELECT x', 'select', null],
    ['(SELECT 1) UNION ALL (SELECT 2)', 'select', null],
    ['-- a comment\n  SELECT $tag$; FORMAT X$tag$', 'select', null],
    ['SHOW TABLES FORMAT TSV', 'other', 'TSV'],
    ["KILL QUERY WHERE query_id = 'x'", 'kill', null],
    ['INSERT INTO t SELECT 1', 'insert', null],
    ['insert into t (a, format) format JSONEachRow', 'insert', 'JSONEachRow'],
    ['INSERT INTO t VALUES', 'insert', 'Values'],
  ];
  for (const [text, kind, format] of cases) {
    it(`is read: ${text.replaceAll('\n', ' ')}`, () => {
      const read = readStatement(text);
      assert.deepEqual({ kind: read.kind, format: read.format }, { kind, format });
    });
  }

  it('ends where the data of an insert begins', () => {
    const dataOf = (text: string): string => text.slice(readStatement(text).dataAt ?? text.length);
    assert.equal(dataOf('INSERT INTO t FORMAT CSV\n1;2\n'), '1;2\n');
    assert.equal(dataOf('INSERT INTO t FORMAT CSV \r\n\n1'), '\n1');
    assert.equal(dataOf('INSERT INTO t FORMAT JSONEachRow {"a": ";"}'), '{"a": ";"}');
    assert.equal(dataOf("INSERT INTO t (a) VALUES ('; SELECT 1')"), " ('; SELECT 1')");
    assert.equal(dataOf("INSERT INTO t SETTINGS a = 'FORMAT x' FORMAT TSV\n1"), '1');
    assert.equal(dataOf('INSERT INTO t SELECT 1'), '');
  });

  it('is refused where a server refuses it', () => {
    assert.throws(
      () => readStatement('SELECT 1; SELECT 2'),
      /Multi-statements are not allowed.*SYNTAX_ERROR/,
    );
    assert.throws(() => readStatement('  -- nothing\n'), /Empty query/);
    assert.throws(() => readStatement("SELECT 1 INTO OUTFILE 'x'"), /INTO_OUTFILE_NOT_ALLOWED/);
    assert.throws(() => readStatement("INSERT INTO t FROM INFILE 'x' FORMAT CSV"), /infile/);
  });
});
