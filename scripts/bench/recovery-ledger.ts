/**
 * What the parts about recovery and checkpoints write into LEDGER: accounts with a deposit and positions, then fills and
 * cash of all of them, some in arrays, some in another currency than the account's. Owns the names and the mixture.
 */
import { limits } from '../../config/limits.ts';
import { Random } from '../../src/random.ts';
import type { Link } from '../../streams/sources/connection.ts';
import type { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';

export interface LedgerSizes {
  readonly accounts: number;
  /** Of each account. */
  readonly positions: number;
}

const symbols = 1_000;
/** Each so many-th symbol is in euros. */
const foreignEvery = 10;
/** Symbols of an account lie this far apart. */
const stride = 37;
/** More than is ever bought: an account that is overdrawn raises alerts, which are no part of this. */
const depositMinor = 2_000_000_000;
const elementsInArray = 10;
/** Of the messages behind the opening, how many in a hundred are arrays: half of the events are in them. */
const arraysInHundred = 9;
const cashInHundred = 5;

/** What the engine must know of the symbols, as a variable of its configuration. */
export function instrumentSettings(): Readonly<Record<string, string>> {
  const foreign = Array.from({ length: symbols / foreignEvery }, (_, i) => [
    symbolName(i * foreignEvery),
    { currency: 'EUR' },
  ]);
  return { TIDEMARK_INSTRUMENTS: JSON.stringify(Object.fromEntries(foreign)) };
}

export class RecoveryLedger {
  private readonly publisher: WindowedPublisher;
  private readonly sizes: LedgerSizes;
  private readonly random = new Random(11);
  private ids = 0;
  private last = 0;

  constructor(publisher: WindowedPublisher, sizes: LedgerSizes) {
    this.publisher = publisher;
    this.sizes = sizes;
  }

  /** The subject on which the account's updates are. */
  equitySubject(account: number): string {
    return `equity.${accountName(account)}`;
  }

  /** A price of every symbol, and the rate. */
  async prices(link: Link): Promise<void> {
    const price = (symbol: string, text: string): void => {
      link.nats.publish(`prices.${symbol}`, JSON.stringify({ price: text, ts: Date.now() }));
    };
    price('EURUSD', '1.08500');
    for (let symbol = 0; symbol < symbols; symbol++) price(symbolName(symbol), this.price());
    await link.nats.flush();
  }

  /** A message of deposits and one of fills an account; answers the last sequence in LEDGER. */
  async open(): Promise<number> {
    for (let account = 0; account < this.sizes.accounts; account++) {
      const deposits = ['USD', 'EUR'].map((currency) => this.cash('deposit', depositMinor, currency));
      await this.publish(`cash.${accountName(account)}`, deposits);
      const fills = Array.from({ length: this.sizes.positions }, (_, i) => this.fill(account, i));
      await this.publish(`settlements.${accountName(account)}`, fills);
    }
    return this.flush();
  }

  /** So many further events of all accounts, at random; answers the last sequence in LEDGER. */
  async write(events: number): Promise<number> {
    const { random, sizes } = this;
    for (let left = events; left > 0;) {
      const account = random.integer(0, sizes.accounts - 1);
      const kind = random.integer(0, 99);
      const elements = kind < arraysInHundred ? Math.min(elementsInArray, left) : 1;
      left -= elements;
      if (kind >= 100 - cashInHundred) {
        const event = this.cash(random.pick(['deposit', 'withdrawal', 'fee']), random.integer(1, 50_000));
        await this.publish(`cash.${accountName(account)}`, event);
        continue;
      }
      const fills = Array.from({ length: elements }, () =>
        this.fill(account, random.integer(0, sizes.positions - 1)),
      );
      await this.publish(`settlements.${accountName(account)}`, elements === 1 ? fills[0] : fills);
    }
    return this.flush();
  }

  private cash(type: string, amount: number, currency = 'USD'): object {
    return { id: this.id(), type, amount, currency, ts: Date.now() };
  }

  private fill(account: number, position: number): object {
    const { random } = this;
    return {
      id: this.id(),
      symbol: symbolName((account * 7 + position * stride) % symbols),
      side: random.chance(0.6) ? 'buy' : 'sell',
      quantity: String(random.integer(1, 100)),
      price: this.price(),
      fee: random.integer(0, 300),
      ts: Date.now(),
    };
  }

  private price(): string {
    return (this.random.integer(10_000, 99_999) / 100).toFixed(2);
  }

  private id(): string {
    return `r${++this.ids}`;
  }

  private async publish(subject: string, message: unknown): Promise<void> {
    const { publisher } = this;
    if (publisher.outstanding >= limits.publishWindowMessages) await publisher.ready();
    void publisher.publish(subject, Buffer.from(JSON.stringify(message))).then(({ sequence }) => {
      this.last = Math.max(this.last, sequence);
    });
  }

  private async flush(): Promise<number> {
    await this.publisher.flush();
    return this.last;
  }
}

function accountName(account: number): string {
  return `r-${account}`;
}

function symbolName(symbol: number): string {
  return `R${symbol}`;
}
