/**
 * Alerts to one receiver, in order, one at a time: each until it is delivered, or given up at a bound. Owns the patience
 * with a receiver that fails; it delays nobody but itself. Knows neither HTTP nor the stream.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../config/load.ts';
import { limits } from '../../../config/limits.ts';
import { decodeAlert } from '../../../streams/codec/alert.ts';
import { receiverName, type AlertDelivery } from '../../client/alert-deliveries.ts';
import type { Alert, Log } from '../../ports.ts';
import type { Post, Posted } from './post.ts';

export type Receiver = Config['webhooks'][number];

export interface WebhookOptions {
  readonly receiver: Receiver;
  /** Null where none came for a while; rejects while the stream cannot be read. */
  readonly next: () => Promise<AlertDelivery | null>;
  readonly post: (post: Post) => Promise<Posted>;
  readonly log: Log;
}

export class Webhook {
  /** Never its url, which may be a secret. */
  readonly name: string;
  readonly counts = { delivered: 0, failures: 0, givenUp: 0 };
  private readonly options: WebhookOptions;
  private readonly end = new AbortController();

  constructor(options: WebhookOptions) {
    this.options = options;
    this.name = receiverName(options.receiver.url);
  }

  /** Until `stop`. */
  async run(): Promise<void> {
    const { next, log } = this.options;
    let wait: number = limits.natsRetryMsMin;
    while (!this.isEnding()) {
      try {
        const delivery = await next();
        wait = limits.natsRetryMsMin;
        if (delivery !== null) await this.deal(delivery);
      } catch (error) {
        log.debug({ receiver: this.name, error: String(error) }, 'alerts cannot be read now');
        await this.pause(wait);
        wait = Math.min(2 * wait, limits.natsRetryMsMax);
      }
    }
  }

  /** What is under way is given up, and goes to the next gateway. */
  stop(): void {
    this.end.abort();
  }

  private async deal(delivery: AlertDelivery): Promise<void> {
    if (this.isEnding()) {
      delivery.giveBack();
      return;
    }
    const alert = decodeAlert(delivery.data);
    if (alert === null || !this.isWanted(alert)) {
      await delivery.done();
      return;
    }
    const held = setInterval(() => delivery.working(), limits.webhookAckWaitMs / 3);
    try {
      if (await this.deliver(delivery)) await delivery.done();
      else delivery.giveBack();
    } finally {
      clearInterval(held);
    }
  }

  /** Whether it is dealt with: delivered, or given up for good. */
  private async deliver({ key, data: body, timeMs }: AlertDelivery): Promise<boolean> {
    const { receiver, post, log } = this.options;
    const { url, secret } = receiver;
    let refusals = 0;
    for (let wait: number = limits.webhookRetryMsMin; ; wait = Math.min(2 * wait, limits.webhookRetryMsMax)) {
      const { outcome, detail } = await post({ url, secret, key, body, signal: this.end.signal });
      if (outcome === 'delivered') {
        this.counts.delivered++;
        return true;
      }
      if (this.isEnding()) return false;
      this.counts.failures++;
      if (outcome === 'refused') refusals++;
      const about = { receiver: this.name, alert: key, detail };
      if (refusals >= limits.webhookRefusalsMax || Date.now() - timeMs > limits.webhookAgeMsMax) {
        this.counts.givenUp++;
        log.error(about, 'an alert is not delivered, and is given up');
        return true;
      }
      log.warn({ ...about, retryMs: wait }, 'an alert is not delivered yet');
      await this.pause(wait);
      if (this.isEnding()) return false;
    }
  }

  private isWanted({ kind, account }: Alert): boolean {
    const { kinds, accounts } = this.options.receiver;
    return kinds?.includes(kind) !== false && accounts?.includes(account) !== false;
  }

  private isEnding(): boolean {
    return this.end.signal.aborted;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.end.signal, ref: false }).catch(() => undefined);
  }
}
