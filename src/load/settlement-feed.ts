/**
 * Settlements of a load test into LEDGER: acknowledged, with a bounded number under way. Keeps what was published and
 * at which sequence it came to stand. Owns the making of settlements and their pace.
 */
import { limits } from '../../config/limits.ts';
import type { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';
import { Random } from '../random.ts';
import {
  accountCount,
  accountName,
  depositMinor,
  firstPrices,
  holdingsOf,
  priceMax,
  priceMin,
  priceScale,
  probeBase,
  probeQuantity,
  quantityScale,
  symbolName,
} from './plan.ts';
import type { LoadPlan, SettlementLog } from './plan.ts';

const rowsAtFirst = 65_536;
const quantityUnit = 10 ** quantityScale;

export class SettlementFeed {
  readonly log: {
    -readonly [K in keyof SettlementLog]: SettlementLog[K];
  } = {
    count: 0,
    account: new Int32Array(rowsAtFirst),
    symbol: new Int32Array(rowsAtFirst),
    quantity: new Float64Array(rowsAtFirst),
    price: new Float64Array(rowsAtFirst),
    feeMinor: new Int32Array(rowsAtFirst),
    sequence: new Float64Array(rowsAtFirst),
  };
  /** The last sequence of an event of each account: its opening, deposit or a settlement. */
  readonly lastSequence: Float64Array;
  private readonly plan: LoadPlan;
  private readonly publisher: WindowedPublisher;
  private readonly holdings: readonly number[][];
  private readonly random: Random;
  private failure: Error | null = null;
  private wake: () => void = () => undefined;
  private timer: NodeJS.Timeout | null = null;

  constructor(plan: LoadPlan, publisher: WindowedPublisher) {
    this.plan = plan;
    this.publisher = publisher;
    this.lastSequence = new Float64Array(accountCount(plan));
    this.holdings = Array.from({ length: accountCount(plan) }, (_, account) => holdingsOf(plan, account));
    this.random = new Random(plan.seed, -3);
  }

  /** Opens, funds and fills the accounts; resolves with the last sequence when all of it is in LEDGER. */
  async open(): Promise<number> {
    const prices = firstPrices(this.plan);
    for (let account = 0; account < accountCount(this.plan); account++) {
      const name = accountName(this.plan, account);
      await this.publish(account, `accounts.${name}`, { type: 'open', ts: Date.now() });
      await this.publish(account, `cash.${name}`, {
        id: 'deposit',
        type: 'deposit',
        amount: depositMinor,
        ts: Date.now(),
      });
      for (const symbol of this.holdings[account] ?? []) {
        if (account >= this.plan.accounts) await this.openProbe(account, symbol);
        else await this.settle(account, symbol, prices[symbol] ?? priceMin);
      }
    }
    await this.room(1);
    return Math.max(...this.lastSequence);
  }

  /** Settlements at the plan's rate until `stop`; `priceOf` says about what a symbol costs now. */
  start(priceOf: (symbol: number) => number, failed: (error: unknown) => void): void {
    const { settlements, accounts } = this.plan;
    const startedAt = performance.now();
    let made = 0;
    this.timer = setInterval(() => {
      try {
        if (this.failure !== null) throw this.failure;
        const due = Math.floor(((performance.now() - startedAt) * settlements) / 1000) - made;
        for (let i = 0; i < due && this.publisher.outstanding < limits.loadAcksOutstandingMax; i++, made++) {
          const account = this.random.integer(0, accounts - 1);
          const symbol = this.random.pick(this.holdings[account] ?? []);
          this.publishSettlement(account, symbol, priceOf(symbol));
        }
      } catch (error) {
        failed(error);
      }
    }, limits.loadSettlementBurstMs);
  }

  /** Resolves when everything is acknowledged. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    await this.room(1);
  }

  private async settle(account: number, symbol: number, price: number): Promise<void> {
    await this.room(limits.loadAcksOutstandingMax);
    this.publishSettlement(account, symbol, price);
  }

  /** Up to 400 units either way, so that positions grow, shrink, close and flip; sometimes with four decimals. */
  private publishSettlement(account: number, symbol: number, price: number): void {
    const { random } = this;
    const units = random.chance(0.5)
      ? random.integer(1, 400) * quantityUnit
      : random.integer(1, 400 * quantityUnit);
    const near = Math.min(priceMax, Math.max(priceMin, price + random.integer(-500, 500)));
    const fee = random.chance(0.5) ? 0 : random.integer(-20, 300);
    this.record(account, symbol, random.chance(0.55) ? units : -units, near, fee);
  }

  private async openProbe(account: number, symbol: number): Promise<void> {
    await this.room(limits.loadAcksOutstandingMax);
    // In ten-thousandths, as all prices here; the probe's own are in thousandths.
    this.record(account, symbol, probeQuantity * quantityUnit, probeBase * 10, 0);
  }

  private record(account: number, symbol: number, quantity: number, price: number, fee: number): void {
    const { log } = this;
    if (log.count === log.account.length) this.grow();
    const row = log.count++;
    log.account[row] = account;
    log.symbol[row] = symbol;
    log.quantity[row] = quantity;
    log.price[row] = price;
    log.feeMinor[row] = fee;
    const message = {
      id: `${this.plan.run}-${row}`,
      symbol: symbolName(this.plan, symbol),
      side: quantity > 0 ? 'buy' : 'sell',
      quantity: decimalText(Math.abs(quantity), quantityScale),
      price: decimalText(price, priceScale),
      ...(fee === 0 ? {} : { fee }),
      ts: Date.now(),
    };
    this.send(`settlements.${accountName(this.plan, account)}`, message.id, message, (sequence) => {
      log.sequence[row] = sequence;
      this.lastSequence[account] = Math.max(this.lastSequence[account] ?? 0, sequence);
    });
  }

  private async publish(account: number, subject: string, message: object): Promise<void> {
    await this.room(limits.loadAcksOutstandingMax);
    this.send(subject, 'first', message, (sequence) => {
      this.lastSequence[account] = Math.max(this.lastSequence[account] ?? 0, sequence);
    });
  }

  private send(subject: string, id: string, message: object, acknowledged: (sequence: number) => void): void {
    this.publisher
      .publish(subject, Buffer.from(JSON.stringify(message)), { 'Nats-Msg-Id': `${subject}.${id}` })
      .then(
        ({ sequence }) => acknowledged(sequence),
        (error: unknown) => (this.failure ??= error instanceof Error ? error : new Error(String(error))),
      )
      .finally(() => this.wake());
  }

  /** Resolves when fewer than `limit` events are under way. */
  private async room(limit: number): Promise<void> {
    while (this.publisher.outstanding >= limit && this.failure === null) await this.moved();
    if (this.failure !== null) throw this.failure;
  }

  /** Resolves at the next acknowledgement. Throws where none comes. */
  private moved(): Promise<void> {
    return new Promise((resolve, reject) => {
      const bound = setTimeout(() => {
        reject(new Error(`LEDGER has acknowledged nothing for ${limits.loadAckMsMax / 1000} s`));
      }, limits.loadAckMsMax);
      this.wake = () => {
        clearTimeout(bound);
        resolve();
      };
    });
  }

  private grow(): void {
    const { log } = this;
    const larger = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const length = log.account.length * 2;
    log.account = larger(log.account, new Int32Array(length));
    log.symbol = larger(log.symbol, new Int32Array(length));
    log.quantity = larger(log.quantity, new Float64Array(length));
    log.price = larger(log.price, new Float64Array(length));
    log.feeMinor = larger(log.feeMinor, new Int32Array(length));
    log.sequence = larger(log.sequence, new Float64Array(length));
  }
}

/** (1234500, 4) is "123.4500". */
function decimalText(units: number, scale: number): string {
  const digits = String(units).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
