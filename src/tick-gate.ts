/**
 * Ticks that come by NATS: a tick takes the prices that came before it, and waits until TRADES and then LEDGER are
 * applied up to what the server had when the tick arrived. Ledger messages beyond that wait for the tick, so that ticks
 * fall where their sender put them. Knows nothing of accounts.
 */
import type { LedgerMessage } from './domain/ledger-event.ts';
import { emptyPriceChanges } from './domain/price-change.ts';
import type { PriceChanges } from './domain/price-change.ts';
import type { LedgerSource, TickMessage, TradeSource } from './ports.ts';

export interface PendingTick extends TickMessage {
  readonly changes: PriceChanges;
}

export class TickGate {
  /** Ticks that came and are not yet done. */
  waiting = 0;
  private readonly ledger: LedgerSource;
  private readonly trades: TradeSource;
  private readonly appliedThrough: () => number;
  private current: PendingTick | null = null;
  /** LEDGER sequence that belongs to the current tick; NaN while the server is being asked. */
  private target = Infinity;
  private wake: (() => void)[] = [];

  constructor(ledger: LedgerSource, trades: TradeSource, appliedThrough: () => number) {
    this.ledger = ledger;
    this.trades = trades;
    this.appliedThrough = appliedThrough;
  }

  /** The tick that everything is applied for now; null while there is none. */
  get pending(): TickMessage | null {
    return this.current;
  }

  /** A tick arrived, with the prices that came before it (copied: the caller reuses them). */
  admit(tick: TickMessage, taken: PriceChanges): PendingTick {
    this.waiting++;
    return { tick: tick.tick, time: tick.time, changes: copyChanges(taken) };
  }

  /** Resolves when everything that belongs to the tick has been applied. Ticks are opened one after another. */
  async open(tick: PendingTick): Promise<PendingTick> {
    this.current = tick;
    this.target = NaN;
    await this.trades.drain();
    this.target = await this.ledger.lastSequence();
    this.notify();
    while (this.appliedThrough() < this.target) await this.changed();
    return tick;
  }

  /** Nothing beyond this LEDGER sequence is applied until `release`. */
  holdAt(sequence: number): void {
    this.target = sequence;
  }

  release(): void {
    this.target = Infinity;
    this.notify();
  }

  /** The tick is done: the ledger goes on. */
  close(): void {
    this.waiting--;
    this.current = null;
    this.release();
  }

  /** Whether a ledger message may be applied now. */
  admits(sequence: number): boolean {
    return sequence <= this.target;
  }

  /** Where the run of messages that may be applied now, from `from` on, ends. */
  endOfAdmitted(batch: readonly LedgerMessage[], from: number): number {
    let end = from;
    while (end < batch.length && this.admits(batch[end]?.sequence ?? 0)) end++;
    return end;
  }

  /** Resolves when `admits` may answer otherwise than before, or more has been applied. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.wake.push(resolve));
  }

  /** More of the ledger has been applied. */
  notify(): void {
    const { wake } = this;
    this.wake = [];
    for (const each of wake) each();
  }

  /** A price that belongs before the open tick although it came through a stream that was read after it. */
  include(symbol: number, price: number, time: number, markTime: number): void {
    if (this.current === null) return;
    const { changes } = this.current;
    const at = changes.symbols.subarray(0, changes.count).indexOf(symbol);
    const known = at >= 0 ? (changes.times[at] ?? NaN) : markTime;
    if (time < known || (time === -Infinity && known === -Infinity)) return;
    if (at < 0 && changes.count === changes.symbols.length)
      Object.assign(changes, copyChanges(changes, changes.count * 2));
    const to = at < 0 ? changes.count++ : at;
    changes.symbols[to] = symbol;
    changes.mids[to] = changes.bids[to] = changes.asks[to] = price;
    changes.times[to] = time;
  }
}

function copyChanges(from: PriceChanges, capacity = Math.max(16, from.count)): PriceChanges {
  const copy = emptyPriceChanges(capacity);
  copy.count = from.count;
  for (const key of ['symbols', 'mids', 'bids', 'asks', 'times'] as const) {
    copy[key].set(from[key].subarray(0, from.count));
  }
  return copy;
}
