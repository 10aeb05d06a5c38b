/** Alerts for receivers outside: which receiver has its position under which name, and how much waits for it. */
import { createHash } from 'node:crypto';
import { AlertDeliveries, deliveriesWaiting } from '../../streams/sources/alert-deliveries.ts';
import type { NatsDoor } from './nats.ts';

export type { AlertDelivery } from '../../streams/sources/alert-deliveries.ts';

/** Of the receiver at a url: its host, and what tells it from others there. A url may be a secret itself. */
export function receiverName(url: string): string {
  return `${new URL(url).hostname}/${hashOf(url).slice(0, 8)}`;
}

export function alertsFor(nats: NatsDoor, url: string): Pick<AlertDeliveries, 'next'> {
  return new AlertDeliveries(nats.link, consumerName(url));
}

/** null: nothing was ever delivered to it. */
export function alertsWaitingFor(nats: NatsDoor, url: string): Promise<number | null> {
  return deliveriesWaiting(nats.link, consumerName(url));
}

function consumerName(url: string): string {
  return `webhook-${hashOf(url).slice(0, 16)}`;
}

function hashOf(url: string): string {
  return createHash('sha256').update(url).digest('hex');
}
