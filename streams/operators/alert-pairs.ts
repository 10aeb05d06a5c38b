/**
 * Brings the two messages of an alert together, raised and cleared, whichever of them comes first. Owns which are raised
 * and not cleared; a clearing of which the raising is not there any more counts for nothing.
 */
import type { Alert } from '../../src/ports.ts';

export interface AlertPair {
  readonly raised: Alert;
  readonly cleared: Alert | null;
}

export class AlertPairs {
  private readonly raised = new Map<string, Alert>();
  /** Of which the raising has not come yet. */
  private readonly early = new Map<string, Alert>();

  /** The pair, where the alert is complete with this message. */
  take(alert: Alert): AlertPair | null {
    const key = `${alert.kind}.${alert.account}.${alert.id}`;
    const [own, others] = alert.state === 'raised' ? [this.raised, this.early] : [this.early, this.raised];
    const other = others.get(key);
    if (other === undefined) {
      own.set(key, alert);
      return null;
    }
    others.delete(key);
    return alert.state === 'raised' ? { raised: alert, cleared: other } : { raised: other, cleared: alert };
  }

  /** Raised and not cleared, in the order in which they were raised. */
  get standing(): Alert[] {
    return [...this.raised.values()];
  }
}
