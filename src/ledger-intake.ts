/**
 * The way of ledger messages into the partition: in order, no further than the tick gate and the frames allow, and not
 * before the instruments they mention, or the past that a void needs, have been looked up. Owns how far the ledger has been applied.
 */
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
}

export class LedgerIntake {
  /** LEDGER sequence applied last. */
  applied = 0;
  private readonly parts: IntakeParts;
  private readonly described = new Set<number>();
  private wake: (() => void) | null = null;
  private turn: Promise<void> = Promise.resolve();

  constructor(parts: IntakeParts) {
    this.parts = parts;
  }

  /** Nothing needs to be looked up about the symbol any more. */
  noteDescribed(symbol: number): void {
    this.described.add(symbol);
  }

  take(batch: readonly LedgerMessage[]): Promise<void> {
    return this.alone(() => this.takeAll(batch));
  }

  /** Runs the action when no batch is being applied, and none while it runs. One after the other. */
  alone(action: () => Promise<void>): Promise<void> {
    return (this.turn = this.turn.then(action));
  }

  private async takeAll(batch: readonly LedgerMessage[]): Promise<void> {
    const { gate, frames, deliver, voids } = this.parts;
    if (frames.congested) await frames.ready();
    if (this.mentionsNewSymbol(batch)) await this.lookUpSymbols(batch);
    const isConcerned = voids.concerns(batch);
    let next = 0;
    while (next < batch.length) {
      if (isConcerned) await voids.prepare(batch[next] as LedgerMessage);
      while (!gate.admits(batch[next]?.sequence ?? 0)) await gate.changed();
      const end = isConcerned ? next + 1 : gate.endOfAdmitted(batch, next);
      deliver(next === 0 && end === batch.length ? batch : batch.slice(next, end));
      this.applied = batch[end - 1]?.sequence ?? this.applied;
      next = end;
      gate.notify();
      this.wake?.();
      await this.parts.relieve();
    }
  }

  /** Resolves when the ledger has been applied up to the sequence. One caller at a time. */
  async appliedThrough(sequence: number): Promise<void> {
    while (this.applied < sequence) {
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
    for (const { items } of batch) {
      for (const item of items) {
        if (!('direction' in item) || this.described.has(item.symbol)) continue;
        this.described.add(item.symbol);
        await this.parts.describe(this.parts.symbols.name(item.symbol));
      }
    }
  }
}
