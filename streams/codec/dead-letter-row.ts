/** What was refused elsewhere than in LEDGER, in the order of `frameColumns.dead_letters`. */
import type { ByteWriter } from './byte-writer.ts';
import { deadLetterId } from './dead-letter-id.ts';
import type { RefusedElement } from './dead-letter-payload.ts';

export function writeDeadLetterRow(w: ByteWriter, { letter, text }: RefusedElement): void {
  const figures = [letter.time, letter.sequence, letter.index];
  const [ts = '', sequence = '', index = ''] = figures.map((x) => String(x));
  const strings = (values: readonly string[]): string => values.map((each) => JSON.stringify(each)).join(',');
  const before = strings([deadLetterId(letter)]);
  const names = strings([letter.stream, letter.subject]);
  const rest = strings([letter.account, letter.reason, letter.detail, text]);
  w.text(`[${before},${ts},${names},${sequence},${index},${rest}]\n`);
}
