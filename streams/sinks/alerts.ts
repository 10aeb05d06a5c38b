/** Alerts on `alerts.<kind>.<account>.<alert_id>.<state>`, each once, also when a replay raises it again. */
import type { Alert, AlertSink, Log } from '../../src/ports.ts';
import { alertSubject, encodeAlert } from '../codec/alert.ts';
import { PublishOnce } from './publish-once.ts';
import type { WindowedPublisher } from './windowed-publisher.ts';

export class NatsAlerts implements AlertSink {
  private readonly once: PublishOnce;

  constructor(publisher: WindowedPublisher, log: Log) {
    this.once = new PublishOnce(publisher, log);
  }

  publish(alert: Alert): void {
    this.once.publish(alertSubject(alert), () => encodeAlert(alert));
  }

  flush(): Promise<void> {
    return this.once.flush();
  }
}
