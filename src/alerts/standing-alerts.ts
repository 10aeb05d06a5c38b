/**
 * Alerts of one kind whose condition lasts: raised once when it begins, cleared once, under the same id, when it ends;
 * also by an owner of the partition that did not raise them. Owns which ones stand; knows nothing of conditions. At most
 * one stands for each thing an account (or the system) has, so that the book's own size bounds them.
 */
import type { Alert, AlertSink } from '../ports.ts';

/** An alert before its state is said. */
export type Condition = Omit<Alert, 'state'>;

export class StandingAlerts {
  private readonly sink: AlertSink;
  /** By row of the account or number of the symbol; what it is about (a currency, a symbol's name); the alert. */
  private readonly byOwner = new Map<number, Map<string, Condition>>();

  constructor(sink: AlertSink) {
    this.sink = sink;
  }

  get isEmpty(): boolean {
    return this.byOwner.size === 0;
  }

  has(owner: number): boolean {
    return this.byOwner.has(owner);
  }

  /** What stands for the owner now, by what it is about. */
  of(owner: number): ReadonlyMap<string, Condition> {
    return this.byOwner.get(owner) ?? none;
  }

  owners(): number[] {
    return [...this.byOwner.keys()];
  }

  /** The condition holds. Where it held before, nobody is told again. */
  raise(owner: number, about: string, condition: Condition): void {
    if (this.of(owner).has(about)) return;
    this.keep(owner, about, condition);
    this.sink.publish({ ...condition, state: 'raised' });
  }

  /** The condition holds no longer. */
  clear(owner: number, about: string, message: string, timestamp: number): void {
    const known = this.byOwner.get(owner);
    const condition = known?.get(about);
    if (known === undefined || condition === undefined) return;
    known.delete(about);
    if (known.size === 0) this.byOwner.delete(owner);
    this.publishCleared(condition, message, timestamp);
  }

  /** Raised by a former owner and not cleared. Where another stands for the same, that one came later, and this is over. */
  recover(owner: number, about: string, condition: Condition, timestamp: number): void {
    const known = this.of(owner).get(about);
    if (known === undefined) this.keep(owner, about, condition);
    else if (known.id !== condition.id) this.publishCleared(condition, 'it was over', timestamp);
  }

  private keep(owner: number, about: string, condition: Condition): void {
    const known = this.byOwner.get(owner);
    if (known === undefined) this.byOwner.set(owner, new Map([[about, condition]]));
    else known.set(about, condition);
  }

  private publishCleared(condition: Condition, message: string, timestamp: number): void {
    this.sink.publish({ ...condition, state: 'cleared', severity: 'info', message, timestamp });
  }
}

const none: ReadonlyMap<string, Condition> = new Map();
