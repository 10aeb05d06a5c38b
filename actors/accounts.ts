/**
 * The account actors of a partition, by row of the book, as children of the partition's actor. Hands each its events,
 * and opens an account at the first message that opens it. Events are reused: an account keeps none.
 */
import { createActor } from 'xstate';
import type { AnyActorRef } from 'xstate';
import type { LedgerMessage } from '../src/domain/ledger-event.ts';
import type { PriceChanges } from '../src/domain/price-change.ts';
import type { AccountActor, AccountStep } from './account.ts';
import { accountLogic, accountStep } from './account.ts';
import type { Desk } from './desk.ts';

interface LedgerEventSlot {
  type: 'ledger';
  message: LedgerMessage;
}

interface TickEventSlot {
  type: 'tick';
  tick: number;
  time: number;
}

export class AccountActors {
  private readonly actors: AccountActor[] = [];
  private readonly step: AccountStep;
  private readonly logic: ReturnType<typeof accountLogic>;
  private readonly desk: Desk;
  private readonly parent: AnyActorRef;
  private readonly ledgerEvent = { type: 'ledger' } as LedgerEventSlot;
  private readonly tickEvent: TickEventSlot = { type: 'tick', tick: 0, time: 0 };

  constructor(desk: Desk, parent: AnyActorRef) {
    this.desk = desk;
    this.parent = parent;
    this.step = accountStep(desk);
    this.logic = accountLogic(this.step);
  }

  get count(): number {
    return this.actors.length;
  }

  /** Messages in LEDGER order. */
  deliver(batch: readonly LedgerMessage[]): void {
    const { book } = this.desk;
    for (const message of batch) {
      const row = book.accounts.find(message.account);
      if (row >= 0) {
        this.ledgerEvent.message = message;
        this.actors[row]?.send(this.ledgerEvent);
      } else {
        const opened = this.first(message);
        if (opened >= 0) this.open(opened);
      }
    }
  }

  /**
   * Messages of the past, before the accounts of the book have actors: each takes its step at once. Nobody else sends
   * anything then, so that a mailbox would have one message and only cost.
   */
  replay(batch: readonly LedgerMessage[]): void {
    const { book } = this.desk;
    for (const message of batch) {
      const row = book.accounts.find(message.account);
      if (row >= 0) {
        this.ledgerEvent.message = message;
        this.step(row, this.ledgerEvent);
      } else {
        this.first(message);
      }
    }
  }

  /** Actors of accounts that the book has from before. */
  openAll(): void {
    for (let row = this.actors.length; row < this.desk.book.accounts.count; row++) this.open(row);
  }

  /** The first message of an account, which opens it or is refused: the row, -1 where there is none. */
  private first(message: LedgerMessage): number {
    const { book, judge } = this.desk;
    try {
      return book.apply(-1, message, judge);
    } catch (error) {
      const row = book.accounts.find(message.account);
      // Without an account there is nobody to stop.
      if (row < 0) throw error;
      this.desk.failed(row, error, message.sequence);
      return row;
    }
  }

  /** One tick: marks first, then one event to each account that anything touched. */
  tick(tick: number, time: number, changes: PriceChanges, held: (symbol: number) => void): void {
    const { book } = this.desk;
    book.beginTick(time, changes, held);
    this.tickEvent.tick = tick;
    this.tickEvent.time = time;
    const rows = book.dirtyRows;
    for (let i = 0; i < book.dirtyCount; i++) this.actors[rows[i] as number]?.send(this.tickEvent);
    book.endTick();
  }

  private open(row: number): void {
    const id = this.desk.book.accounts.ids[row] ?? '';
    const actor = createActor(this.logic, { input: row, id, parent: this.parent });
    this.actors[row] = actor;
    actor.start();
  }
}
