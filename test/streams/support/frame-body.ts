/** The body of a frame as rows by column name; asserts that it is one. */
import assert from 'node:assert/strict';
import { frameColumns, type FrameTable } from '../../../src/domain/frame.ts';

export type Row = Readonly<Record<string, unknown>>;

export function rowsOf(table: FrameTable, body: Uint8Array): Row[] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  assert.ok(text.endsWith('\n'));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const values = JSON.parse(line) as unknown[];
      assert.equal(values.length, frameColumns[table].length, table);
      return Object.fromEntries(frameColumns[table].map((name, at) => [name, values[at]]));
    });
}
