import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Failure } from '../../../src/cli/context.ts';
import { openCsv, type CsvRow } from '../../../src/cli/import/csv-rows.ts';

describe('rows of a CSV file', () => {
  let dir: string;
  before(() => (dir = mkdtempSync(join(tmpdir(), 'tidemark-csv-'))));
  after(() => rmSync(dir, { recursive: true }));

  async function rowsOf(content: string | Uint8Array): Promise<CsvRow[]> {
    const path = join(dir, 'file.csv');
    writeFileSync(path, content);
    const rows: CsvRow[] = [];
    for await (const some of openCsv(path).rows()) rows.push(...some);
    return rows;
  }

  it('have their line and their cells, trimmed; empty lines are skipped', async () => {
    assert.deepEqual(await rowsOf('\ufeffa,b\r\n\r\n 1 ,"x, y"\r\n"two\nlines",3'), [
      { line: 1, cells: ['a', 'b'], problem: '' },
      { line: 3, cells: ['1', 'x, y'], problem: '' },
      { line: 5, cells: ['two\nlines', '3'], problem: '' },
    ]);
  });

  it('are the same packed, whatever the name of the file', async () => {
    const text = 'symbol,price\nIBM,1\n';
    assert.deepEqual(await rowsOf(gzipSync(text)), await rowsOf(text));
  });

  it('come all, in order, however many', async () => {
    const count = 20_000;
    const rows = await rowsOf(Array.from({ length: count }, (_, i) => `row${i},${i}\n`).join(''));
    assert.equal(rows.length, count);
    assert.ok(rows.every(({ line, cells }, i) => line === i + 1 && cells[0] === `row${i}`));
  });

  it('that are no CSV are handed on as such', async () => {
    const rows = await rowsOf('a,b\n1,2\n3,"open\n4,5\n');
    assert.deepEqual(
      rows.slice(0, 2).map(({ cells }) => cells),
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    );
    assert.deepEqual(
      rows.slice(2).map(({ problem }) => problem),
      ['quote not closed'],
    );
  });

  it('of a damaged file end with a failure that says where', async () => {
    const packed = gzipSync(Array.from({ length: 50_000 }, (_, i) => `row${i * 7919},${i}\n`).join(''));
    await assert.rejects(
      rowsOf(packed.subarray(0, packed.length / 2)),
      (error: Error) =>
        error instanceof Failure &&
        /cannot be read beyond line \d+: unexpected end of file$/.test(error.message),
    );
  });

  it('can be read twice', async () => {
    const path = join(dir, 'twice.csv');
    writeFileSync(path, 'a\n1\n');
    const file = openCsv(path);
    for (let i = 0; i < 2; i++) {
      let count = 0;
      for await (const some of file.rows()) count += some.length;
      assert.deepEqual([count, file.bytesRead()], [2, 4]);
    }
  });

  it('of a file that is not there, or is a directory, are a failure', () => {
    assert.throws(() => openCsv(join(dir, 'nowhere.csv')), Failure);
    assert.throws(() => openCsv(dir), Failure);
  });
});
