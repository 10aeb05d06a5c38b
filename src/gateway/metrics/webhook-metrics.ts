/** Deliveries of alerts, by receiver. */
import type { Metric } from 'prom-client';
import type { WebhookFigures } from '../webhooks/webhooks.ts';
import { counter, gauge, type Sample } from './metric.ts';

export function webhookMetrics(found: readonly WebhookFigures[]): Metric[] {
  const of = (figure: (figures: WebhookFigures) => number | null): Sample[] =>
    found.flatMap((each) => {
      const value = figure(each);
      return value === null ? [] : [{ value, labels: { receiver: each.receiver } }];
    });
  return [
    gauge('tidemark_webhook_backlog', 'Alerts that wait for their receiver.', of(({ backlog }) => backlog)),
    counter('tidemark_webhook_delivered_total', 'Alerts delivered.', of(({ delivered }) => delivered)),
    counter('tidemark_webhook_failures_total', 'Attempts that failed.', of(({ failures }) => failures)),
    counter('tidemark_webhook_given_up_total', 'Alerts that were not delivered.', of(({ givenUp }) => givenUp)),
  ]; // prettier-ignore
}
