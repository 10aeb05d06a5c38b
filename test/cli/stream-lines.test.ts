import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linesOf } from '../../src/client/stream-lines.ts';

async function lines(chunks: readonly Uint8Array[]): Promise<string[]> {
  const found: string[] = [];
  async function* stream(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  }
  for await (const some of linesOf(stream())) found.push(...some);
  return found;
}

describe('lines of a stream', () => {
  it('are the same however the bytes come, also inside a character', async () => {
    const text = 'a\nböse\n{"x":"\u2028"}\n\nend';
    const bytes = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 6 }),
        async (cuts) => {
          const ends = [...cuts.sort((a, b) => a - b), bytes.length];
          const chunks = ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
          assert.deepEqual(await lines(chunks), text.split('\n'));
        },
      ),
    );
  });

  it("give ClickHouse's error block as one line, the last", async () => {
    const block = '\r\n__exception__\r\ntag\r\nCode: 395. DB::Exception: broken\n17 tag\r\n__exception__\r\n';
    assert.deepEqual(await lines([Buffer.from(`{"x":1}\n${block}`)]), [
      '{"x":1}',
      '',
      '__exception__ tag Code: 395. DB::Exception: broken 17 tag __exception__',
    ]);
  });
});
