/**
 * The way of ledger messages into the partition: in order, no further than the tick gate and the frames allow, and not
 * before the instruments they mention, or the past that a void needs, have been looked up. Owns how far the ledger has been applied.
 */
import { limits } from '../config/limits.ts';
import type { LedgerMessage } from './domain/ledger-event.ts';
import type { SymbolTable } from './domain/symbol-table.ts';
import type { FrameSink } from './ports.ts';
import type { TickGate } from './tick-gate.ts';
import type { VoidHistory } from './void-history.ts';

export interface IntakeParts {
  readonly gate: TickGate;
  readonly frames: FrameSink;
  readonly symbols: SymbolTable;
  /** Looks a symbol up and puts what is known of it in force. */
  readonly describe: (symbol: string) => Promise<void>;
  readonly voids: VoidHistory;
  readonly deliver: (batch: readonly LedgerMessage[]) => void;
  /** Resolves when what was delivered leaves room for more. */
  readonly relieve: () => Promise<void>;
  /** Whether so much waits for a tick that no more is applied before one comes. */
  readonly isFull: () => boolean;
}

export class LedgerIntake {
  /** LEDGER sequence applied last. */
  applied = 0;
  /** Up to this sequence a former owner has applied the ledger: what it looked up was told at the start of this one. */
  lookedUpThrough = 0;
  /** Nothing more is applied before a tick comes. */
  waitsForTick = false;
  private readonly parts: IntakeParts;
  private readonly described = new Set<number>();
  private wake: (() => void) | null = null;
  private turn: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(parts: IntakeParts) {
    this.parts = parts;
  }

  /** Nothing needs to be looked up about the symbol any more. */
  noteDescribed(symbol: number): void {
    this.described.add(symbol);
  }

  /** Nothing is applied any more: what is left of the batch at hand is for the next owner to read. */
  stop(): void {
    this.isStopped = true;
  }

  take(batch: readonly LedgerMessage[]): Promise<void> {
    return this.alone(() => this.takeAll(batch));
  }

  /** Runs the action when no batch is being applied, and none while it runs. One after the other. */
  alone(action: () => Promise<void>): Promise<void> {
    return (this.turn = this.turn.then(action));
  }

  private isOver(): boolean {
    return this.isStopped;
  }

  private async takeAll(batch: readonly LedgerMessage[]): Promise<void> {
    const { gate, frames, deliver, voids } = this.parts;
    if (frames.congested) await frames.ready();
    const last = batch.at(-1)?.sequence ?? 0;
    if (last > this.lookedUpThrough && this.mentionsNewSymbol(batch)) await this.lookUpSymbols(batch);
    const isConcerned = voids.concerns(batch);
    let next = 0;
    while (next < batch.length && !this.isOver()) {
      const message = batch[next] as LedgerMessage;
      this.reach(message.sequence - 1);
      while (!gate.admits(message.sequence) || this.noteFull()) await gate.changed();
      // Not before: an account may be made anew while the gate is closed.
      if (isConcerned) await voids.prepare(message);
      // The partition would not take it any more, and it would count as applied.
      if (this.isOver()) return;
      const end = isConcerned ? next + 1 : this.endOf(batch, next);
      deliver(next === 0 && end === batch.length ? batch : batch.slice(next, end));
      next = end;
      this.reach(batch[end - 1]?.sequence ?? 0);
      await this.parts.relieve();
    }
  }

  /** So many messages are applied at once as the gate admits, and no more elements than may wait to be framed together. */
  private endOf(batch: readonly LedgerMessage[], from: number): number {
    const end = this.parts.gate.endOfAdmitted(batch, from);
    let elements = 0;
    for (let at = from; at < end; at++) {
      elements += batch[at]?.items.length ?? 0;
      if (elements >= limits.frameRowsMax) return at + 1;
    }
    return end;
  }

  /** Everything up to the sequence is applied: what is not there was deleted from the ledger. */
  private reach(sequence: number): void {
    if (sequence <= this.applied) return;
    this.applied = sequence;
    this.parts.gate.notify();
    this.wake?.();
  }

  private noteFull(): boolean {
    this.waitsForTick = this.parts.isFull();
    if (this.waitsForTick) this.wake?.();
    return this.waitsForTick;
  }

  /** Resolves when the ledger has been applied up to the sequence, or as far as it can be without a tick. One caller at a time. */
  async appliedThrough(sequence: number): Promise<void> {
    while (this.applied < sequence && !this.waitsForTick) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.wake = null;
  }

  /** The first settlement of a symbol may come before the news of its instrument, on another connection. */
  private mentionsNewSymbol(batch: readonly LedgerMessage[]): boolean {
    for (const { items } of batch) {
      for (const item of items) if ('direction' in item && !this.described.has(item.symbol)) return true;
    }
    return false;
  }

  private async lookUpSymbols(batch: readonly LedgerMessage[]): Promise<void> {
    const symbols: number[] = [];
    for (const { items } of batch) {
      for (const item of items) {
        if (!('direction' in item) || this.described.has(item.symbol)) continue;
        this.described.add(item.symbol);
        symbols.push(item.symbol);
      }
    }
    const { instrumentLookupsAtOnce } = limits;
    for (let next = 0; next < symbols.length; next += instrumentLookupsAtOnce) {
      const some = symbols.slice(next, next + instrumentLookupsAtOnce);
      await Promise.all(some.map((symbol) => this.parts.describe(this.parts.symbols.name(symbol))));
    }
  }
}
