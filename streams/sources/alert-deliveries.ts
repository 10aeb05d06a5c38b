/**
 * Alerts for one receiver outside, by a durable consumer of the stream ALERTS: one after the other, each until it is done,
 * across restarts of everything. What was published before the consumer was made is not for it. Knows no receiver.
 */
import { AckPolicy, DeliverPolicy, nanos, NatsError, type Msg } from 'nats';
import { limits } from '../../config/limits.ts';
import type { Link } from './connection.ts';
import { DeliveryReader } from './delivery.ts';
import { ensureConsumer, managerOf } from './stream-api.ts';
import { alertsStream } from './stream-definitions.ts';

export interface AlertDelivery {
  /** `kind.account.id.state`: the same whenever this alert's state is delivered. */
  readonly key: string;
  readonly data: Uint8Array;
  /** When ALERTS took it, milliseconds. */
  readonly timeMs: number;
  /** It takes longer: it is not to go to another reader. */
  working(): void;
  /** It is dealt with, and comes no more. */
  done(): Promise<void>;
  /** It is for the next reader. */
  giveBack(): void;
}

export class AlertDeliveries {
  private readonly link: Link;
  private readonly name: string;
  private readonly place = new DeliveryReader();
  private isOpen = false;
  /** Of the stream: what is at or below was dealt with here, also where the server does not know. */
  private doneTo = 0;

  constructor(link: Link, name: string) {
    this.link = link;
    this.name = name;
  }

  /** The next one; null where none came within `webhookRequestMs`. Rejects where NATS is away, or keeps no alerts yet. */
  async next(): Promise<AlertDelivery | null> {
    try {
      if (!this.isOpen) await this.open();
      const message = await this.request();
      // Nothing came.
      if (message.headers?.code === 404 || message.headers?.code === 408) return null;
      if (!this.place.read(encoder.encode(message.reply))) throw new Error('the consumer is gone');
      if (this.place.streamSequence > this.doneTo) return this.delivery(message);
      message.respond('+ACK');
      return null;
    } catch (error) {
      this.isOpen = false;
      throw error;
    }
  }

  private async open(): Promise<void> {
    await ensureConsumer(this.link.nats, alertsStream, {
      durable_name: this.name,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(limits.webhookAckWaitMs),
      deliver_policy: DeliverPolicy.New,
      inactive_threshold: nanos(limits.webhookIdleMsMax),
      max_ack_pending: 1,
      max_deliver: -1,
    });
    this.isOpen = true;
  }

  /** By an inbox of its own: the client finds the asker of a shared one by the subject, which is the alert's. */
  private request(): Promise<Msg> {
    return this.link.nats.request(
      `$JS.API.CONSUMER.MSG.NEXT.${alertsStream}.${this.name}`,
      JSON.stringify({ batch: 1, expires: nanos(limits.webhookRequestMs) }),
      { timeout: limits.webhookRequestMs + limits.natsApiMsMax, noMux: true },
    );
  }

  private delivery(message: Msg): AlertDelivery {
    const { streamSequence, time: timeMs } = this.place;
    const nak = { delay: nanos(limits.webhookGiveBackMs) };
    return {
      key: message.subject.slice('alerts.'.length),
      data: message.data,
      timeMs,
      working: () => void message.respond('+WPI'),
      done: async () => {
        this.doneTo = streamSequence;
        await this.link.nats.request(message.reply ?? '', '+ACK', { timeout: limits.natsApiMsMax });
      },
      giveBack: () => void message.respond(`-NAK ${JSON.stringify(nak)}`),
    };
  }
}

const encoder = new TextEncoder();

/** Alerts that wait to be delivered by a consumer; null where there is none. */
export async function deliveriesWaiting({ nats }: Pick<Link, 'nats'>, name: string): Promise<number | null> {
  try {
    const { consumers } = await managerOf(nats);
    const { num_pending, num_ack_pending } = await consumers.info(alertsStream, name);
    return num_pending + num_ack_pending;
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.code === 404) return null;
    throw error;
  }
}
