/**
 * Alerts as they come: those that stand first, then every message of the stream ALERTS, once and in order, across lost
 * connections. Knows no reader.
 */
import { decodeAlert } from '../../streams/codec/alert.ts';
import { PullReader } from '../../streams/sources/pull-reader.ts';
import { raisedAlerts } from '../../streams/sources/raised-alerts.ts';
import { alertsStream } from '../../streams/sources/stream-definitions.ts';
import type { Alert, Log } from '../ports.ts';
import type { NatsDoor } from './nats.ts';

export interface AlertTaker {
  /** First: raised and not cleared, of kinds of which the condition lasts. */
  standing(alerts: readonly Alert[]): void;
  /** Then each message. */
  take(alert: Alert): void;
}

/** Resolves when what stands is told. Throws Failure where NATS is away, or keeps no alerts yet. */
export async function followAlerts(nats: NatsDoor, log: Log, taker: AlertTaker): Promise<PullReader> {
  const bounds = await nats.range(alertsStream);
  if (bounds === null) throw nats.noStream(alertsStream);
  const { link } = nats;
  taker.standing(await raisedAlerts({ link, log, isOver: () => nats.isClosed }, bounds.last));
  const reader = new PullReader({
    link,
    log,
    stream: alertsStream,
    // The server removes the oldest for new ones.
    keepsLastOnly: true,
    take: ({ data }) => {
      const alert = decodeAlert(data);
      if (alert !== null) taker.take(alert);
      reader.done(1);
    },
  });
  await reader.open(bounds.last + 1);
  return reader;
}
