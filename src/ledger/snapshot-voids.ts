/** What was voided, and what waits to be, in an account's snapshot; with all that a refusal of it would need. */
import type { EventArea } from '../domain/ledger-event.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';
import type { Voids } from './voids.ts';

/** Their places are the format's. */
const areas: readonly EventArea[] = ['settlements', 'cash'];

export function writeVoids(voids: Voids, account: number, w: StateWriter): void {
  const voided = voids.voided(account);
  const waiting = voids.waiting(account);
  if (voided.length === 0 && waiting.length === 0) return;
  w.count(voided.length);
  for (const key of voided) w.text(key);
  let before = NaN;
  for (const { event, sequence, index, time, subject, payload } of waiting) {
    w.byte(areas.indexOf(event.area));
    w.text(event.id);
    w.text(event.of);
    w.number(event.ts);
    w.number(sequence);
    w.count(index);
    w.number(time);
    w.text(subject);
    // A message stands there once, with the first of its voids: an array may have a thousand.
    w.count(sequence === before ? 0 : payload.length);
    if (sequence !== before) w.raw(payload);
    before = sequence;
  }
}

export function readVoids(voids: Voids, account: number, r: StateReader): void {
  for (let left = r.count(); left > 0; left--) voids.noteVoided(account, r.text());
  let payload: Uint8Array = new Uint8Array();
  let before = NaN;
  while (!r.isAtSectionEnd) {
    const area = areas[r.byte()];
    if (area === undefined) throw new Error('the state of an account has a void of nothing');
    const event = { kind: 'void', area, id: r.text(), of: r.text(), ts: r.number() } as const;
    const sequence = r.number();
    const index = r.count();
    const time = r.number();
    const subject = r.text();
    const length = r.count();
    // Its own copy: the state's bytes are not kept. Without bytes: that of the void before, of the same message.
    if (length > 0 || sequence !== before) payload = new Uint8Array(r.raw(length));
    before = sequence;
    voids.wait(account, { event, sequence, index, time, subject, payload });
  }
}
