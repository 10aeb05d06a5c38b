/** Rows of the data beside the checkout. Knows no columns: names are the header's, values stay text. */
import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';

/** Rows of a gzipped CSV by the names of its header. */
export async function* rowsOf(file: URL): AsyncGenerator<Record<string, string>> {
  assert.ok(existsSync(file), `this check needs ${fileURLToPath(file)}`);
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity });
  let names: readonly string[] | null = null;
  for await (const line of lines) {
    const cells = line.split(',');
    if (names === null) names = cells;
    else if (line !== '') yield Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  }
}
