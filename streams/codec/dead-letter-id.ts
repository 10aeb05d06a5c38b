/** Ids of dead letters: the place in a stream, or where there is none an id of its own, the same wherever it is asked. */
import { randomUUID } from 'node:crypto';
import type { DeadLetter } from '../../src/ports.ts';

const randomIds = new WeakMap<DeadLetter, string>();

/** `LEDGER.17.0`, or `core.<random>.0`: also the end of its subject. */
export function deadLetterId(letter: DeadLetter): string {
  if (letter.stream !== '') return `${letter.stream}.${letter.sequence}.${letter.index}`;
  let id = randomIds.get(letter);
  if (id === undefined) {
    id = `core.${randomUUID()}.${letter.index}`;
    randomIds.set(letter, id);
  }
  return id;
}
