/** Marks as the changelog keeps them: a JSON array, several symbols to a message; `time` null where there is none. */
import type { RecordedPrice } from '../../src/domain/recorded.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeMarks(marks: readonly RecordedPrice[]): Uint8Array {
  // JSON has no NaN, and writes null for it.
  return encoder.encode(
    JSON.stringify(marks.map(({ symbol, price, bid, ask, time }) => ({ symbol, price, bid, ask, time }))),
  );
}

export function decodeMarks(bytes: Uint8Array): RecordedPrice[] {
  const marks = JSON.parse(decoder.decode(bytes)) as (Omit<RecordedPrice, 'time'> & {
    readonly time: number | null;
  })[];
  return marks.map((mark) => ({ ...mark, time: mark.time ?? NaN }));
}
