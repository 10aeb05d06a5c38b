/**
 * Trades from the stream TRADES: each becomes two settlements in LEDGER and is acknowledged when both are there. A
 * trade that is delivered again writes the same two ids again, which the ledger tells as duplicates. Owns the durable
 * consumer and how far it is; knows nothing of accounts.
 */
import { AckPolicy, DeliverPolicy, nanos, type ConsumerMessages, type JsMsg } from 'nats';
import { setTimeout as delay } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import { roundedAtScale } from '../../src/domain/decimal.ts';
import type { InstrumentTable } from '../../src/domain/instrument.ts';
import { rejected, type Rejected } from '../../src/domain/rejection.ts';
import type { Cancel, Clock, Log, PriceIntake, Refuse, TradeSource } from '../../src/ports.ts';
import { readTrades, type Trade, type TradeSide } from '../codec/trade.ts';
import type { WindowedPublisher } from '../sinks/windowed-publisher.ts';
import type { Link } from './connection.ts';
import { untilAnswered } from './retry.ts';
import { ensureConsumer, managerOf, streamBounds } from './stream-api.ts';
import { tradesStream } from './stream-definitions.ts';

export interface TradeSourceOptions {
  readonly link: Link;
  readonly publisher: WindowedPublisher;
  readonly instruments: InstrumentTable;
  readonly clock: Clock;
  readonly log: Log;
}

export const tradesConsumer = 'trades';
const acknowledgement = '+ACK';
const notTheSubject = rejected('malformed', 'subject');

export class NatsTradeSource implements TradeSource {
  private readonly options: TradeSourceOptions;
  private messages: ConsumerMessages | null = null;
  private kept: () => Promise<void> = () => Promise.resolve();
  private isClosed = false;
  private forgetLink: Cancel = () => undefined;
  private reading: Promise<void> = Promise.resolve();
  private readonly underWay = new Set<Promise<void>>();
  /** By sequence of TRADES, the newest only: when what it became is in LEDGER. */
  private readonly taken = new Map<number, Promise<void>>();
  /** Everything up to this sequence of TRADES is known to be in LEDGER. */
  private settledThrough = 0;

  constructor(options: TradeSourceOptions) {
    this.options = options;
  }

  async open(intake: PriceIntake, refuse: Refuse, kept: () => Promise<void>): Promise<void> {
    this.kept = kept;
    await this.ensureConsumer();
    // What was asked for went with the connection.
    this.forgetLink = this.options.link.onReconnect(() => void this.messages?.close());
    this.reading = this.read(intake, refuse);
  }

  async drain(): Promise<void> {
    const { link, log } = this.options;
    const options = { link, log, what: 'how far TRADES is settled', isOver: () => this.isClosed };
    const { last } = await untilAnswered(options, () => streamBounds(link.nats, tradesStream));
    while (!this.isClosed && this.settledThrough < last) {
      await Promise.all(this.underWay);
      const info = await untilAnswered(options, async () =>
        (await managerOf(link.nats)).consumers.info(tradesStream, tradesConsumer),
      );
      const isAllSettled = info.num_pending === 0 && info.num_ack_pending === 0;
      this.settledThrough = isAllSettled ? last : info.ack_floor.stream_seq;
      if (this.settledThrough < last) await delay(limits.tradesPollMs);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.forgetLink();
    await this.messages?.close();
    await this.reading;
    await Promise.all(this.underWay);
  }

  private closed(): boolean {
    return this.isClosed;
  }

  private async ensureConsumer(): Promise<void> {
    await ensureConsumer(this.options.link.nats, tradesStream, {
      durable_name: tradesConsumer,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(limits.tradesAckWaitMs),
      deliver_policy: DeliverPolicy.All,
      max_ack_pending: limits.tradesOutstandingMax,
      max_deliver: -1,
    });
  }

  private async read(intake: PriceIntake, refuse: Refuse): Promise<void> {
    const { link, log } = this.options;
    let wait: number = limits.natsRetryMsMin;
    while (!this.closed()) {
      try {
        await this.ensureConsumer();
        const consumer = await link.nats.jetstream().consumers.get(tradesStream, tradesConsumer);
        const messages = await consumer.consume({
          max_messages: limits.tradesOutstandingMax,
          expires: limits.tradesRequestMs,
          idle_heartbeat: limits.tradesHeartbeatMs,
        });
        this.messages = messages;
        for await (const message of messages) {
          wait = limits.natsRetryMsMin;
          this.take(message, intake, refuse);
        }
      } catch (error) {
        log.warn({ error: String(error) }, 'trades cannot be read now');
      }
      if (this.closed()) return;
      await delay(wait);
      wait = Math.min(wait * 2, limits.natsRetryMsMax);
    }
  }

  /** What is delivered again is acknowledged again, but what was refused of it is not refused twice. */
  private take(message: JsMsg, intake: PriceIntake, refuse: Refuse): void {
    const { taken } = this;
    const settled = taken.get(message.seq) ?? this.settleAll(message, intake, refuse);
    taken.set(message.seq, settled);
    if (taken.size > limits.tradesRememberedMax) taken.delete(taken.keys().next().value ?? 0);
    const done = settled
      .then(() => this.acknowledge(message))
      // Not acknowledged, and so delivered again.
      .catch((error: unknown) => {
        taken.delete(message.seq);
        this.options.log.error({ error: String(error) }, 'a trade could not be settled');
      });
    this.underWay.add(done);
    void done.finally(() => this.underWay.delete(done));
  }

  private async settleAll(message: JsMsg, intake: PriceIntake, refuse: Refuse): Promise<void> {
    const settled: Promise<unknown>[] = [];
    const trades = message.subject === tradesSubject ? readTrades(message.data) : [notTheSubject];
    for (const [index, trade] of trades.entries()) {
      if (trade.kind === 'rejected') {
        refuse(this.letter(message, index, trade));
        settled.push(this.kept());
      } else {
        this.offer(trade, intake);
        const place = placeOf(message, index);
        settled.push(this.settle(trade.buy, `${place}-buy`), this.settle(trade.sell, `${place}-sell`));
      }
    }
    await Promise.all(settled);
  }

  /** Over and over: a trade whose acknowledgement is lost would come again only after its time. */
  private async acknowledge(message: JsMsg): Promise<void> {
    const { link, log } = this.options;
    const options = { link, log, what: 'the acknowledgement of a trade', isOver: () => this.isClosed };
    await untilAnswered(options, () =>
      link.nats.request(replySubject(message), acknowledgement, { timeout: limits.natsApiMsMax }),
    );
  }

  private settle({ account, message }: TradeSide, messageId: string): Promise<unknown> {
    return this.options.publisher.publish(`settlements.${account}`, message, { 'Nats-Msg-Id': messageId });
  }

  /** A trade is a market print. Its decimals are exact for the settlements; as a mark it is rounded like any price. */
  private offer(trade: Trade, intake: PriceIntake): void {
    const { instruments } = this.options;
    const symbol = instruments.symbols.intern(trade.symbol);
    const price = roundedAtScale(trade.price, instruments.get(symbol).priceScale);
    if (!Number.isNaN(price)) intake.offer(symbol, price, trade.ts);
  }

  private letter(message: JsMsg, index: number, { reason, detail }: Rejected): Parameters<Refuse>[0] {
    return {
      stream: tradesStream,
      sequence: message.seq,
      index,
      subject: message.subject,
      account: '_',
      reason,
      detail,
      time: Math.floor(message.info.timestampNanos / 1e6),
      payload: message.data,
    };
  }
}

const tradesSubject = 'trades';

/**
 * What a delivery and its repetitions have in common, and no other trade has. Not the trade's id: the server would
 * drop another trade of that id unseen, of other accounts, or of other content, which is for the ledger to refuse.
 */
function placeOf({ seq, info }: JsMsg, index: number): string {
  return `trade:${String(info.timestampNanos)}:${String(seq)}:${String(index)}`;
}

/** Not public, but there; the client's own acknowledgement can be made only once. */
function replySubject(message: JsMsg): string {
  return (message as JsMsg & { readonly reply: string }).reply;
}
