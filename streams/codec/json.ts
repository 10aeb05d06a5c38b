/** JSON from bytes, as a value or as nothing: what comes from outside never throws. */

import { limits } from '../../config/limits.ts';
import { rejected, type Rejected } from '../../src/domain/rejection.ts';

/** What `parseJson` gives for bytes that are no JSON; JSON itself has no undefined. */
export const notJson = undefined;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** The value, or `notJson`. Bytes that are no UTF-8 are no JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return notJson;
  }
}

/** Why an array is refused whole; null where its elements are to be judged one by one. */
export function arrayProblem(message: readonly unknown[]): Rejected | null {
  if (message.length === 0) return rejected('malformed', 'an empty array');
  const { messageElementsMax } = limits;
  if (message.length <= messageElementsMax) return null;
  return rejected('malformed', `an array of more than ${String(messageElementsMax)} elements`);
}

export function isObject(x: unknown): x is Readonly<Record<string, unknown>> {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}
