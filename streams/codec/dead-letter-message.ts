/** A dead letter as the JSON of `dead_letters.<stream>.<sequence>.<index>`. */
import { gzipSync } from 'node:zlib';
import type { DeadLetter } from '../../src/ports.ts';
import { deadLetterId } from './dead-letter-id.ts';
import type { DeadLetterPayloads } from './dead-letter-payload.ts';

/** The message in at most `bytesMax` bytes: whole, else compressed, else cut and marked so. */
export function encodeDeadLetter(
  letter: DeadLetter,
  payloads: DeadLetterPayloads,
  bytesMax: number,
): Uint8Array {
  const element = payloads.read(letter, Infinity);
  const whole = encode(letter, { payload: element.text, ...encoding(element.encoding) });
  if (whole.length <= bytesMax) return whole;
  const compressed = gzipSync(element.encoding === 'text' ? element.text : letter.payload).toString('base64');
  const packed = encode(letter, { payload: compressed, encoding: 'gzip' });
  if (packed.length <= bytesMax) return packed;
  // A character takes up to six bytes escaped (\\u0000).
  const cut = payloads.read(letter, Math.floor((bytesMax - envelopeBytesMax) / 6));
  const size = letter.payload.length;
  return encode(letter, {
    payload: cut.text,
    ...encoding(cut.encoding),
    truncated: true,
    payload_bytes: size,
  });
}

const envelopeBytesMax = 4096;
const encoder = new TextEncoder();

function encoding(name: 'text' | 'base64'): object {
  return name === 'text' ? {} : { encoding: name };
}

function encode(letter: DeadLetter, payload: object): Uint8Array {
  const { reason, detail, subject, sequence, index, account, time } = letter;
  const head = { id: deadLetterId(letter), reason, detail, subject, sequence, index };
  return encoder.encode(JSON.stringify({ ...head, account_id: account, time, ...payload }));
}
