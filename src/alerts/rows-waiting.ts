/**
 * Alerts of kind `rows_waiting`: rows cannot be written (ClickHouse is away, or has no room), and wait in FRAMES, which
 * keeps them for a bounded time. Raised by the sink once that lasts, cleared when rows are taken again, also by a sink
 * that did not raise it. Knows no frame.
 */
import { limits } from '../../config/limits.ts';
import type { Alert, AlertSink, Clock } from '../ports.ts';
import type { Condition } from './standing-alerts.ts';

const kind = 'rows_waiting';

export class RowsWaiting {
  private readonly alerts: Pick<AlertSink, 'publish'>;
  private readonly clock: Pick<Clock, 'now'>;
  /** When the first attempt of this outage failed; NaN while there is none. */
  private since = NaN;
  private standing: readonly Condition[] = [];

  constructor(alerts: Pick<AlertSink, 'publish'>, clock: Pick<Clock, 'now'>) {
    this.alerts = alerts;
    this.clock = clock;
  }

  /** What a former sink raised and did not clear. */
  recover(raised: readonly Alert[]): void {
    this.standing = raised.filter((alert) => alert.kind === kind);
  }

  /** An attempt failed, and there will be another one. A restart of the store is no outage yet. */
  failed(reason: string): void {
    const now = this.clock.now();
    if (Number.isNaN(this.since)) this.since = now;
    if (this.standing.length > 0 || now - this.since < limits.sinkWaitingAlertMs) return;
    const condition: Condition = {
      kind,
      account: '_',
      id: `rows-${this.since}`,
      severity: 'critical',
      message: `rows cannot be written and wait in the stream FRAMES: ${reason.slice(0, limits.sinkWaitingReasonCharsMax)}`,
      details: { since: this.since },
      timestamp: now,
    };
    this.standing = [condition];
    this.alerts.publish({ ...condition, state: 'raised' });
  }

  /** Rows are taken. */
  written(): void {
    this.since = NaN;
    if (this.standing.length === 0) return;
    const timestamp = this.clock.now();
    for (const condition of this.standing) {
      const message = 'rows are taken again';
      this.alerts.publish({ ...condition, state: 'cleared', severity: 'info', message, timestamp });
    }
    this.standing = [];
  }
}
