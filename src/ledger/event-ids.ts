/** Whether an account has seen an event: by the hash of its id, and of its content where the id is known. */
import type { CashEvent, EventArea, RebaseEvent, Settlement, VoidEvent } from '../domain/ledger-event.ts';
import type { BookParts } from './book-parts.ts';
import { hashCash, hashId, hashRebase, hashSettlement, hashVoid } from './event-hash.ts';
import { Hash64 } from './seen-ids.ts';
import type { Seen } from './seen-ids.ts';

/** What a void may name, and voids. */
export type VoidableOrVoid = Settlement | CashEvent | VoidEvent;
export type EventWithId = VoidableOrVoid | RebaseEvent;

export function areaOf(event: VoidableOrVoid): EventArea {
  if (event.kind === 'void') return event.area;
  return 'direction' in event ? 'settlements' : 'cash';
}

export class EventIds {
  private readonly id = new Hash64();
  private readonly content = new Hash64();

  check(b: BookParts, row: number, event: EventWithId): Seen {
    hashId(this.id, event.kind === 'rebase' ? 'accounts' : areaOf(event), event.id);
    this.hashContent(b, row, event);
    return b.seen.check(row, this.id, this.content);
  }

  /** Of the event checked last. */
  remember(b: BookParts, row: number): void {
    b.seen.remember(row, this.id, this.content);
  }

  private hashContent(b: BookParts, row: number, event: EventWithId): void {
    if (event.kind === 'void') hashVoid(this.content, event);
    else if (event.kind === 'rebase') hashRebase(this.content, event);
    else if ('direction' in event) {
      const { currency } = b.instruments.get(event.symbol);
      hashSettlement(this.content, event, b.instruments.symbols.name(event.symbol), currency);
    } else hashCash(this.content, event, b.accounts.baseCurrency[row] ?? '');
  }
}

/** Whether the account has seen an event of that id, whatever it said. */
export function hasSeenId(b: BookParts, row: number, area: EventArea, id: string): boolean {
  const hash = new Hash64();
  hashId(hash, area, id);
  return b.seen.check(row, hash, hash) !== 'new';
}
