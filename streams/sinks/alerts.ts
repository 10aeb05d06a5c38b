/**
 * Alerts on `alerts.<kind>.<account>.<alert_id>.<state>`, each once, also when a replay raises it again; and those that
 * stand from before.
 */
import type { Alert, AlertSink, Log } from '../../src/ports.ts';
import { alertSubject, encodeAlert } from '../codec/alert.ts';
import type { Link } from '../sources/connection.ts';
import { raisedAlerts } from '../sources/raised-alerts.ts';
import { PublishOnce } from './publish-once.ts';
import type { WindowedPublisher } from './windowed-publisher.ts';

export interface AlertsOptions {
  readonly publisher: WindowedPublisher;
  /** To read by. */
  readonly link: Link;
  readonly log: Log;
}

export class NatsAlerts implements AlertSink {
  private readonly options: AlertsOptions;
  private readonly once: PublishOnce;

  constructor(options: AlertsOptions) {
    this.options = options;
    this.once = new PublishOnce(options.publisher, options.log);
  }

  publish(alert: Alert): void {
    this.once.publish(alertSubject(alert), () => encodeAlert(alert));
  }

  raised(): Promise<readonly Alert[]> {
    const { link, log } = this.options;
    return raisedAlerts({ link, log, isOver: () => link.nats.isClosed() });
  }
}
