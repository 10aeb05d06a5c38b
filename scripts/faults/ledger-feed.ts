/**
 * Events into LEDGER at a rate, acknowledged, over two connections: single ones and arrays, with `Nats-Msg-Id` and
 * without, some of them sent again as they are, by the other connection too. Keeps what was sent, each event once; at
 * which sequence it came to stand only LEDGER knows, since what is repeated after an outage may stand there twice.
 */
import { limits } from '../../config/limits.ts';
import { accountName, type LoadPlan } from '../../src/load/plan.ts';
import { Random } from '../../src/random.ts';
import type { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';
import { currencies } from './market.ts';
import { LedgerEvents, openingText } from './ledger-events.ts';
import { SentLog, type SentEvent } from './sent-log.ts';

const chance = { array: 0.1, twiceInArray: 0.15, cash: 0.04, again: 0.02, messageId: 0.7 } as const;
/** Messages of which one may be sent again: far fewer events than an account's ids are remembered. */
const recentMax = 64;

interface Sent {
  readonly subject: string;
  readonly data: Buffer;
}

export class LedgerFeed {
  readonly log = new SentLog();
  /** Messages beyond the first of their events, on purpose. */
  repeated = 0;
  private readonly plan: LoadPlan;
  private readonly publishers: readonly WindowedPublisher[];
  private readonly random: Random;
  private readonly events: LedgerEvents;
  private readonly recent: Sent[] = [];
  private failure: Error | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(plan: LoadPlan, publishers: readonly WindowedPublisher[]) {
    this.plan = plan;
    this.publishers = publishers;
    this.random = new Random(plan.seed, -3);
    this.events = new LedgerEvents(plan, this.random);
  }

  /** Opens the accounts and funds them in every currency; resolves when all of it is in LEDGER. */
  async open(): Promise<void> {
    for (let account = 0; account < this.plan.accounts; account++) {
      // One after the other: an account that is funded before it is opened has another base currency.
      await this.send(0, {
        subject: `accounts.${accountName(this.plan, account)}`,
        data: Buffer.from(openingText(account)),
      });
      for (let currency = 0; currency < currencies.length; currency++) {
        this.one(this.events.deposit(account, currency, 1_000_000_00));
      }
      await this.room(limits.loadAcksOutstandingMax);
    }
    await this.room(1);
  }

  /** At the plan's rate until `stop`; what the machine does not reach is given up. */
  start(priceOf: (symbol: number) => number, failed: (error: unknown) => void): void {
    this.pause();
    let doneAt = performance.now();
    let owed = 0;
    this.timer = setInterval(() => {
      if (this.failure !== null) failed(this.failure);
      const now = performance.now();
      const { settlements } = this.plan;
      owed = Math.min(
        owed + ((now - doneAt) * settlements) / 1000,
        (settlements * limits.loadBehindMsMax) / 1000,
      );
      doneAt = now;
      while (owed >= 1 && this.outstanding < limits.loadAcksOutstandingMax) owed -= this.next(priceOf);
    }, limits.loadSettlementBurstMs);
  }

  /** Until it is started again. */
  pause(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** Resolves when everything is acknowledged, and behind it a last deposit of every account. */
  async stop(): Promise<void> {
    this.pause();
    await this.room(1);
    for (let account = 0; account < this.plan.accounts; account++) {
      this.one(this.events.deposit(account, 0, 100));
      await this.room(limits.loadAcksOutstandingMax);
    }
    await this.room(1);
  }

  /** Sends a message; answers how many events it brought. */
  private next(priceOf: (symbol: number) => number): number {
    const { random, events } = this;
    const account = random.integer(0, this.plan.accounts - 1);
    if (random.chance(chance.again)) this.again();
    if (random.chance(chance.cash)) return this.one(events.cash(account));
    if (!random.chance(chance.array)) return this.one(events.fill(account, priceOf));
    const fills = Array.from({ length: random.integer(2, 5) }, () => events.fill(account, priceOf));
    const elements = fills.map((fill) => this.element(fill));
    if (random.chance(chance.twiceInArray)) {
      elements.push(random.pick(elements));
      this.repeated++;
    }
    this.first(`settlements.${accountName(this.plan, account)}`, `[${elements.join(',')}]`);
    return fills.length;
  }

  private one(event: SentEvent): number {
    const area = event.kind === 'fill' ? 'settlements' : 'cash';
    this.first(`${area}.${accountName(this.plan, event.account)}`, this.element(event));
    return 1;
  }

  private element(event: SentEvent): string {
    return this.events.text(event, `${this.plan.run}-${this.log.add(event)}`);
  }

  private first(subject: string, text: string): void {
    const sent: Sent = { subject, data: Buffer.from(text) };
    if (this.recent.length < recentMax) this.recent.push(sent);
    else this.recent[this.random.integer(0, recentMax - 1)] = sent;
    const id = this.random.chance(chance.messageId)
      ? { 'Nats-Msg-Id': `${this.plan.run}-${this.log.count}` }
      : {};
    void this.send(this.random.integer(0, this.publishers.length - 1), sent, id);
  }

  /** As it was, by any connection, without an id that JetStream could know it by. */
  private again(): void {
    if (this.recent.length === 0) return;
    this.repeated++;
    void this.send(this.random.integer(0, this.publishers.length - 1), this.random.pick(this.recent));
  }

  private async send(
    by: number,
    { subject, data }: Sent,
    fields: Record<string, string> = {},
  ): Promise<void> {
    try {
      await this.publishers[by]?.publish(subject, data, fields);
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  private get outstanding(): number {
    return this.publishers.reduce((sum, { outstanding }) => sum + outstanding, 0);
  }

  /** Resolves when fewer than `limit` messages are under way. Throws what LEDGER refused. */
  private async room(limit: number): Promise<void> {
    while (this.outstanding >= limit && this.failure === null) {
      await Promise.all(this.publishers.map((publisher) => publisher.flush()));
    }
    if (this.failure !== null) throw this.failure;
  }
}
