/**
 * An account's state that is larger than one message: its head, which names the messages that hold the parts, so that
 * whoever has the head has one state, whole. There are two sets of parts: the one that the head does not name is written
 * next. Knows nothing of what a state says.
 */

export interface StateParts {
  /** 0 or 1. */
  readonly set: number;
  /** Stream sequences of the parts, in order. */
  readonly sequences: readonly number[];
}

/** Header of a head; a state that is one message has none. */
export const partsHeader = 'Tidemark-Parts';

export function encodeParts(parts: StateParts): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(parts));
}

/** Throws where it is no head. */
export function decodeParts(head: Uint8Array): StateParts {
  const { set, sequences } = JSON.parse(new TextDecoder().decode(head)) as Partial<StateParts>;
  if ((set !== 0 && set !== 1) || !Array.isArray(sequences)) {
    throw new Error(
      'the parts of a state in the bucket ACCOUNTS cannot be found: its head was not written by Tidemark',
    );
  }
  return { set, sequences };
}

export function partsOf(state: Uint8Array, bytesMax: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < state.length; at += bytesMax) parts.push(state.subarray(at, at + bytesMax));
  return parts;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const state = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    state.set(part, at);
    at += part.length;
  }
  return state;
}
