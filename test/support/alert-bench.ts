/**
 * The book as the engine drives it, with the engine's alerts on top: what is done to the one raises the other. Keeps
 * what was published, as the stream ALERTS would: each alert once in each of its states.
 */
import { Alerting } from '../../src/alerting.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { LedgerMessage } from '../../src/domain/ledger-event.ts';
import type { Rejected } from '../../src/domain/rejection.ts';
import type { Alert, AlertSink } from '../../src/ports.ts';
import { AlertPairs } from '../../streams/operators/alert-pairs.ts';
import { LedgerBench } from './ledger-bench.ts';
import type { BenchOptions } from './ledger-bench.ts';

/** The stream, which outlives who writes it. */
export class AlertStream implements AlertSink {
  readonly kept: Alert[] = [];
  private readonly subjects = new Set<string>();

  publish(alert: Alert): void {
    const subject = subjectOf(alert);
    if (this.subjects.has(subject)) return;
    this.subjects.add(subject);
    this.kept.push(alert);
  }

  raised(): Promise<readonly Alert[]> {
    const pairs = new AlertPairs();
    for (const alert of this.kept) pairs.take(alert);
    return Promise.resolve(pairs.standing);
  }

  /** Of the last messages, those at which `mask` has true never arrived: their owner was killed. */
  lose(mask: readonly boolean[]): void {
    const from = Math.max(0, this.kept.length - mask.length);
    const last = this.kept.splice(from);
    for (const alert of last) this.subjects.delete(subjectOf(alert));
    for (const alert of last.filter((_, i) => mask[i] !== true)) this.publish(alert);
  }

  /** As `kind account id state`. */
  get lines(): string[] {
    return this.kept.map(({ kind, account, id, state }) => `${kind} ${account} ${id} ${state}`);
  }
}

function subjectOf({ kind, account, id, state }: Alert): string {
  return `${kind}.${account}.${id}.${state}`;
}

/** The time that the clock shows. */
export const nowMs = 1_760_000_000_000;

export class AlertBench extends LedgerBench {
  readonly stream: AlertStream;
  readonly alerting: Alerting;

  constructor(options: BenchOptions = {}, stream = new AlertStream()) {
    super(options);
    this.stream = stream;
    this.alerting = new Alerting(stream, this.book, this.symbols, { now: () => nowMs });
  }

  override applied(effect: Effect): void {
    super.applied(effect);
    this.alerting.applied(this.book.accounts.find(effect.accountId), effect);
  }

  override rejected(message: LedgerMessage, index: number, rejection: Rejected): void {
    super.rejected(message, index, rejection);
    this.alerting.refused(message, index);
  }

  /** A tick, after which accounts that emit are looked at. */
  tickAndCheck(time: number): void {
    this.tick(time, ({ accountId }) => {
      this.alerting.checkUnpriced(this.book.accounts.find(accountId), time);
    });
  }

  /** What an owner does before its first tick. `stopped`: accounts that fail. */
  async recover(...stopped: string[]): Promise<void> {
    const rows = stopped.map((account) => this.book.accounts.find(account));
    this.alerting.recover(await this.stream.raised(), (row) => rows.includes(row));
  }
}
