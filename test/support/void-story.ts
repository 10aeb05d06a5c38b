/** A story with voids: what is to be voided has the ids one gives it. */
import assert from 'node:assert/strict';
import { BookStory } from './book-story.ts';

type Fields = Readonly<Record<string, unknown>>;

export class VoidStory extends BookStory {
  fill(id: string, side: string, quantity: number, price: number, more: Fields = {}): void {
    this.apply('settlements.a', { id, symbol: 'ACME', side, quantity, price, ...more });
  }

  apply(subject: string, fields: Fields, time?: number): void {
    assert.deepEqual(this.tell(subject, fields, time), { applied: true }, JSON.stringify(fields));
  }

  undo(of: string, subject = 'settlements.a'): void {
    this.apply(subject, { type: 'void', of });
  }

  refuses(fields: Fields, reason: string, subject = 'settlements.a', time?: number): void {
    const before = JSON.stringify({ ...this.figures, sequence: 0 });
    assert.deepEqual(this.tell(subject, fields, time), { rejected: reason });
    assert.equal(JSON.stringify({ ...this.figures, sequence: 0 }), before);
  }
}
