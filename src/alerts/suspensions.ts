/**
 * Alerts of kind `suspension`: an account was suspended, by an event or because its actor fails again and again, until
 * that is over; and each fact that makes a suspended account's risk larger. Such a fact was settled and is applied: the
 * alert is all that comes of it, stands for itself, and is never cleared.
 */
import type { Effect } from '../domain/effect.ts';
import { lifecycleStates } from '../domain/lifecycle.ts';
import type { Book } from '../ledger/book.ts';
import type { Alert, AlertSink } from '../ports.ts';
import { StandingAlerts } from './standing-alerts.ts';

const suspendedState = lifecycleStates.indexOf('suspended');
/** What `details.reason` says. */
const byEvent = 'suspended';
const byFailure = 'failing';

export class Suspensions {
  private readonly sink: AlertSink;
  private readonly standing: StandingAlerts;
  private readonly book: Book;

  constructor(sink: AlertSink, book: Book) {
    this.sink = sink;
    this.standing = new StandingAlerts(sink);
    this.book = book;
  }

  /** Whether an event of the account is to be looked at: of most accounts none is. */
  concerns(row: number, effect: Effect): boolean {
    return effect.state === 'suspended' || (!this.standing.isEmpty && this.standing.has(row));
  }

  applied(row: number, effect: Effect, time: number): void {
    const { standing } = this;
    const { sequence, index, event } = effect;
    standing.clear(row, byFailure, 'the account takes events again', time);
    if (effect.state !== 'suspended') {
      standing.clear(row, byEvent, `the account is no longer suspended: ${effect.state}`, time);
      return;
    }
    const id = `${String(sequence)}-${String(index)}`;
    // Once more suspended it is the same suspension, also where a replay begins between the two.
    if (event.kind === 'suspend' && effect.stateBefore !== 'suspended')
      this.suspended(row, id, sequence, time);
    else if (increasesRisk(effect)) {
      const by = 'id' in event ? { event_id: event.id } : {};
      this.sink.publish({
        kind: 'suspension',
        account: effect.accountId,
        id: `${id}-risk`,
        state: 'raised',
        severity: 'warning',
        message: `a ${event.kind} made the risk of the suspended account larger`,
        details: { reason: 'risk_increased', event: event.kind, ...by, sequence, index },
        timestamp: time,
      });
    }
  }

  /** It takes no events until the engine is started anew. `sequence`: where it fails, NaN at a tick. */
  failing(row: number, account: string, sequence: number, time: number): void {
    const isAtTick = Number.isNaN(sequence);
    this.standing.raise(row, byFailure, {
      kind: 'suspension',
      account,
      id: isAtTick ? `tick-${String(time)}` : String(sequence),
      severity: 'critical',
      message: 'the account fails again and again: it takes no events',
      details: { reason: byFailure, sequence: isAtTick ? null : sequence },
      timestamp: time,
    });
  }

  recover(row: number, alert: Alert, time: number): void {
    const { reason } = alert.details;
    if (reason === byEvent || reason === byFailure) this.standing.recover(row, reason, alert, time);
  }

  /** After a restart. `isStopped`: the account fails now, too. */
  reconcile(time: number, isStopped: (row: number) => boolean): void {
    const { book, standing } = this;
    const { accounts } = book;
    for (const row of standing.owners()) {
      if (isStopped(row)) continue;
      standing.clear(row, byFailure, 'the account takes events again', time);
      if (accounts.lifecycle[row] !== suspendedState) {
        standing.clear(row, byEvent, 'the account is no longer suspended', time);
      }
    }
    for (let row = 0; row < accounts.count; row++) {
      if (accounts.lifecycle[row] !== suspendedState || isStopped(row)) continue;
      const sequence = accounts.sequence[row] ?? 0;
      this.suspended(row, String(sequence), sequence, time);
    }
  }

  private suspended(row: number, id: string, sequence: number, timestamp: number): void {
    this.standing.raise(row, byEvent, {
      kind: 'suspension',
      account: this.book.accounts.ids[row] ?? '',
      id,
      severity: 'warning',
      message: 'the account is suspended',
      details: { reason: byEvent, sequence },
      timestamp,
    });
  }
}

/** A position that grows or turns, and cash that is taken out. */
function increasesRisk({ event, quantityBefore, quantityAfter }: Effect): boolean {
  if (event.kind === 'withdrawal') return true;
  if (!('direction' in event)) return false;
  const hasTurned = quantityAfter !== 0 && quantityBefore > 0 !== quantityAfter > 0;
  return hasTurned || Math.abs(quantityAfter) > Math.abs(quantityBefore);
}
