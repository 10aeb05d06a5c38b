/**
 * All receivers of alerts: each by itself, so that none waits for another. They are the gateway's, since it is what
 * speaks to the outside, and what may hang or be restarted without anything of the books: of several gateways each
 * alert is delivered by one.
 */
import type { Config } from '../../../config/load.ts';
import { alertsFor, alertsWaitingFor } from '../../client/alert-deliveries.ts';
import type { NatsDoor } from '../../client/nats.ts';
import type { Log } from '../../ports.ts';
import { post } from './post.ts';
import { Webhook } from './webhook.ts';

export interface WebhookFigures {
  readonly receiver: string;
  readonly delivered: number;
  readonly failures: number;
  readonly givenUp: number;
  /** Alerts that wait; null: nobody can say. */
  readonly backlog: number | null;
}

export class Webhooks {
  private readonly nats: NatsDoor;
  private readonly receivers: readonly { readonly url: string; readonly webhook: Webhook }[];

  constructor(config: Pick<Config, 'webhooks'>, nats: NatsDoor, log: Log) {
    this.nats = nats;
    this.receivers = config.webhooks.map((receiver) => {
      const alerts = alertsFor(nats, receiver.url);
      return { url: receiver.url, webhook: new Webhook({ receiver, next: () => alerts.next(), post, log }) };
    });
  }

  start(): void {
    for (const { webhook } of this.receivers) void webhook.run();
  }

  stop(): void {
    for (const { webhook } of this.receivers) webhook.stop();
  }

  figures(): Promise<WebhookFigures[]> {
    return Promise.all(
      this.receivers.map(async ({ url, webhook: { name, counts } }) => {
        const backlog = await alertsWaitingFor(this.nats, url).catch(() => null);
        return { receiver: name, ...counts, backlog };
      }),
    );
  }
}
