/**
 * What becomes of ledger events and ticks outside the book: effects into the log and into frames, refusals into dead
 * letters, emissions told at once or once they are durable. Decides nothing about money.
 */
import type { Desk } from '../actors/desk.ts';
import type { Config } from '../config/load.ts';
import type { PriceConflater } from '../streams/operators/conflate-prices.ts';
import type { AccountSupervisor } from './account-supervisor.ts';
import type { Alerting } from './alerting.ts';
import type { Checkpointer } from './checkpointer.ts';
import type { Counters } from './counters.ts';
import type { Effect } from './domain/effect.ts';
import type { EquityUpdate } from './domain/equity-update.ts';
import type { LedgerMessage } from './domain/ledger-event.ts';
import type { Rejected } from './domain/rejection.ts';
import type { Book } from './ledger/book.ts';
import type { Judge } from './ledger/judge.ts';
import type { DeadLetter, Ports } from './ports.ts';
import type { TickGate } from './tick-gate.ts';
import type { Ticker } from './ticker.ts';
import { Verdicts } from './verdicts.ts';

export interface OutcomeParts {
  readonly supervisor: AccountSupervisor;
  readonly ports: Ports;
  readonly config: Config;
  readonly book: Book;
  readonly conflater: PriceConflater;
  readonly gate: TickGate;
  readonly ticker: Ticker;
  readonly checkpointer: Checkpointer;
  readonly counters: Counters;
  readonly alerting: Alerting;
}

/** How messages of an account are applied again. */
export interface Rebuilding {
  /** Whether an element of one of its messages was dealt with before. */
  readonly wasDone: (sequence: number, index: number) => boolean;
  /** What was not dealt with was never judged by anybody. */
  readonly isUnjudged: boolean;
}

/** An event of the past of which it is not recorded what it was valued at. */
export class NotRecorded extends Error {
  constructor() {
    super('what it was valued at is not recorded');
    this.name = 'NotRecorded';
  }
}

export class Outcomes implements Desk, Judge {
  readonly book: Book;
  readonly judge: Judge = this;
  readonly verdicts = new Verdicts();
  private readonly parts: OutcomeParts;
  /** Whether the effect of an element of a LEDGER sequence was framed before the start. */
  private isFramed: (sequence: number, index?: number) => boolean = () => false;
  /** The account that is being told about booked something at this tick. */
  private hasBookedLate = false;
  /** The message of which elements are being dealt with, and how many of them are. */
  private sequence = 0;
  private elements = 0;
  /** An account is made anew. */
  private rebuilding: Rebuilding | null = null;
  /** The marks are not back yet: nothing can be valued. */
  private isBeforeMarks = false;

  constructor(parts: OutcomeParts) {
    this.parts = parts;
    this.book = parts.book;
  }

  /** Events of the past are applied again: what was framed of them is not framed twice. */
  recallPast(isFramed: (sequence: number, index?: number) => boolean): void {
    this.isFramed = isFramed;
    this.isBeforeMarks = true;
  }

  /** Events can be valued again. */
  marksAreBack(): void {
    this.isBeforeMarks = false;
  }

  /** Elements of a message that were dealt with to their end. */
  elementsDone(sequence: number): number {
    return sequence === this.sequence ? this.elements : 0;
  }

  /** Messages are applied again within `action`: what was dealt with is told to nobody. */
  again(rebuilding: Rebuilding, action: () => void): void {
    this.rebuilding = rebuilding;
    try {
      action();
    } finally {
      this.rebuilding = null;
    }
  }

  /** Throws NotRecorded where there is nothing yet to value it at: the account waits. */
  applied(effect: Effect): void {
    if (this.rebuilding?.wasDone(effect.sequence, effect.index) === true) return;
    if (this.isBeforeMarks && !effect.isRecalled) throw new NotRecorded();
    this.tell(effect);
    this.noteDone(effect.sequence, effect.index);
  }

  private noteDone(sequence: number, index: number): void {
    this.sequence = sequence;
    this.elements = index + 1;
  }

  private tell(effect: Effect): void {
    const { ports, counters, checkpointer, book, conflater, gate, config, alerting } = this.parts;
    const { event, sequence } = effect;
    // What is not in the log has not been framed either, whatever was framed around it. The log last, which says so.
    if (!effect.isRecalled || !this.isFramed(sequence, effect.index)) ports.frames.effect(effect);
    if (!effect.isRecalled) ports.effects.record(effect);
    counters.applied(event.kind);
    const row = book.accounts.find(effect.accountId);
    checkpointer.note(row);
    // Of what is recalled nobody asks: it was decided before the start.
    if (!effect.isRecalled) this.verdicts.applied(row, effect, book.accounts.equity(row));
    alerting.applied(row, effect);
    if (!('direction' in event)) return;
    const { symbol } = event;
    const time = Number.isNaN(event.ts) ? ports.clock.now() : event.ts;
    conflater.offerFromSettlement(symbol, effect.price, time);
    const policy = config.prices.from_settlements;
    if (policy === 'always') gate.include(symbol, effect.price, time, book.markTime(symbol));
    else if (policy === 'unpriced' && !book.hasMark(symbol))
      gate.include(symbol, effect.price, -Infinity, NaN);
  }

  /** A late booking of the past that was made again: it is recorded, and may be framed. */
  bookedLateAgain(effect: Effect, isFramed: boolean): void {
    const { ports, checkpointer, book } = this.parts;
    if (!isFramed) ports.frames.effect(effect);
    checkpointer.note(book.accounts.find(effect.accountId));
  }

  bookedLate(effect: Effect): void {
    this.parts.ports.effects.record(effect);
    this.bookedLateAgain(effect, false);
    this.hasBookedLate = true;
  }

  /** Its sequence moves, though nothing else does. A row without one is there only while its message is judged. */
  private noteSeen(account: string): void {
    const { checkpointer, book } = this.parts;
    const row = book.accounts.find(account);
    if (row >= 0 && (book.accounts.sequence[row] ?? 0) > 0) checkpointer.note(row);
  }

  /** An account's actor failed; `sequence` of the message, NaN at a tick. */
  failed(row: number, error: unknown, sequence: number): void {
    this.parts.supervisor.failed(row, error, sequence);
  }

  /** Rows of accounts that take no events now. */
  get stopped(): ReadonlySet<number> {
    return this.parts.supervisor.stopped;
  }

  duplicate({ sequence, account }: LedgerMessage, index: number): void {
    if (this.rebuilding?.wasDone(sequence, index) === true) return;
    this.parts.counters.duplicates++;
    this.verdicts.note(account, sequence, index, { outcome: 'duplicate' });
    this.noteSeen(account);
    this.noteDone(sequence, index);
  }

  stale({ sequence, account }: LedgerMessage, index: number): void {
    if (this.rebuilding?.wasDone(sequence, index) === true) return;
    this.parts.counters.staleRebases++;
    this.verdicts.note(account, sequence, index, { outcome: 'duplicate' });
    this.noteSeen(account);
    this.noteDone(sequence, index);
  }

  /** `decidedAt`: the sequence of the message at which it was decided, where that is a later one. */
  rejected(
    message: LedgerMessage,
    index: number,
    { reason, detail }: Rejected,
    decidedAt = message.sequence,
  ): void {
    const { sequence, subject, account, time, payload } = message;
    if (this.rebuilding?.wasDone(sequence, index) === true) return;
    this.noteSeen(account);
    // Of a subject that names no account.
    const told = account === '' ? '_' : account;
    this.verdicts.note(told, sequence, index, { outcome: 'rejected', reason, detail });
    const letter = { stream: 'LEDGER', sequence, index, subject, reason, detail, time, payload };
    this.refuseAt({ ...letter, account: told }, decidedAt);
    this.parts.alerting.refused(message, index);
    this.noteDone(sequence, index);
  }

  voidWaits(row: number, { sequence, account }: LedgerMessage, index: number): void {
    // Of an account that is made anew it is known what became of it since.
    const isKnown = this.rebuilding?.wasDone(sequence, index) === true;
    if (!isKnown) this.verdicts.note(account, sequence, index, { outcome: 'waiting' });
    this.parts.checkpointer.note(row);
  }

  voidWaited(row: number, { sequence, account }: LedgerMessage, index: number): void {
    this.verdicts.waited(account, sequence, index);
    this.parts.checkpointer.note(row);
  }

  readonly refuse = (letter: DeadLetter): void => {
    this.refuseAt(letter, letter.sequence);
  };

  private refuseAt(letter: DeadLetter, decidedAt: number): void {
    const { ports, counters, alerting } = this.parts;
    counters.refused(letter.reason);
    ports.deadLetters.publish(letter);
    // Frames of others may cover what was never judged.
    const isUnjudged = this.rebuilding?.isUnjudged === true;
    if (letter.stream !== 'LEDGER' || isUnjudged || !this.isFramed(decidedAt)) ports.frames.rejected(letter);
    alerting.rejected(letter);
  }

  /** Nobody is told of a figure that a crash could still change. */
  emit(update: EquityUpdate, row: number): void {
    const { ports, ticker, counters, alerting } = this.parts;
    if (this.hasBookedLate || update.sequence > ticker.durableThrough) ports.updates.hold(update);
    else ports.updates.emit(update);
    this.hasBookedLate = false;
    counters.emitted++;
    alerting.checkUnpriced(row, update.timestamp);
  }
}
