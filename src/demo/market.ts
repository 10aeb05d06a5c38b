/**
 * The simulated market: a seeded crowd of accounts over plain NATS, for who has no feed yet. Owns the pace and the
 * connection; what is traded, how prices move and who does what are its neighbours' business.
 */
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { connectNats } from '../../streams/sources/connection.ts';
import type { Link } from '../../streams/sources/connection.ts';
import { natsAccess } from '../addresses.ts';
import { symbolToken } from '../domain/identifier.ts';
import type { Log } from '../ports.ts';
import { Activity } from './activity.ts';
import { openMemory } from './memory.ts';
import type { MarketMemory } from './memory.ts';
import { openMarket } from './opening.ts';
import { planAccounts } from './plan.ts';
import { Random } from '../random.ts';
import { demoSymbols } from './symbols.ts';
import { Walk } from './walk.ts';

export interface DemoOptions {
  readonly natsUrl: string;
  readonly log: Log;
  readonly seed?: number;
}

export interface Demo {
  /** Resolves when everything sent is with the server. */
  stop(): Promise<void>;
}

const defaultSeed = 20_260_101;
const stepMs = 50;
const pricesASecond = 500;
const tradesASecond = 5;
const cashASecond = 0.25;
const keepMs = 2_000;
/** Half of a quote's width, of its price. */
const halfSpread = 0.000_05;

/** Resolves when accounts are open and prices flow. The engine's streams must be there. */
export async function startDemo(config: Config, options: DemoOptions): Promise<Demo> {
  const { natsUrl, log, seed = defaultSeed } = options;
  const link = await connectNats({ url: natsUrl, access: natsAccess(config), name: 'tidemark-demo', log });
  try {
    const accounts = planAccounts(seed);
    const memory = await openMemory(link);
    const before = await memory.recall();
    const opened = await openMarket(link, accounts, demoSymbols, Date.now);
    const random = new Random(seed, 2 + before.runs);
    const walk = new Walk(demoSymbols, random);
    demoSymbols.forEach(({ symbol }, index) => walk.resume(index, Number(before.prices[symbol] ?? NaN)));
    const activity = new Activity(accounts, demoSymbols, walk, random, Date.now().toString(36));
    log.info({ accounts: accounts.length, opened, symbols: demoSymbols.length }, 'market opens');

    const market = new Market(link, log, walk, activity, random);
    market.publishAllPrices();
    const told = (error: unknown): void => {
      log.warn({ err: error }, 'prices not kept');
    };
    const timers = [
      setInterval(() => market.step(), stepMs),
      setInterval(() => {
        if (link.isUp) memory.keep(market.memory(before.runs + 1)).catch(told);
      }, keepMs),
    ];
    return {
      async stop() {
        for (const timer of timers) clearInterval(timer);
        if (link.isUp) {
          await market.settled();
          await memory.keep(market.memory(before.runs + 1)).catch(told);
        }
        await link.close();
      },
    };
  } catch (error) {
    await link.close();
    throw error;
  }
}

class Market {
  private readonly link: Link;
  private readonly log: Log;
  private readonly walk: Walk;
  private readonly activity: Activity;
  private readonly random: Random;
  private readonly subjects = demoSymbols.map(({ symbol }) => `prices.${symbolToken(symbol)}`);
  private readonly underWay = new Set<Promise<void>>();
  /** The symbol that is next to move. */
  private turn = 0;
  private owed = { prices: 0, trades: 0, cash: 0 };

  constructor(link: Link, log: Log, walk: Walk, activity: Activity, random: Random) {
    this.link = link;
    this.log = log;
    this.walk = walk;
    this.activity = activity;
    this.random = random;
  }

  publishAllPrices(): void {
    for (let i = 0; i < demoSymbols.length; i++) this.publishPrice(i);
  }

  /** What is due every `stepMs`. While NATS is away the market rests. */
  step(): void {
    if (!this.link.isUp) return;
    const { owed } = this;
    const seconds = stepMs / 1000;
    this.walk.stepMarket(seconds);
    owed.prices += pricesASecond * seconds;
    owed.trades += tradesASecond * seconds * 2 * this.random.next();
    owed.cash += cashASecond * seconds * 2 * this.random.next();
    for (; owed.prices >= 1; owed.prices--) {
      this.walk.step(this.turn, demoSymbols.length / pricesASecond);
      this.publishPrice(this.turn);
      this.turn = (this.turn + 1) % demoSymbols.length;
    }
    for (; owed.trades >= 1; owed.trades--) {
      const trade = this.activity.trade();
      if (trade !== null) this.publishAcknowledged('trades', trade);
    }
    for (; owed.cash >= 1; owed.cash--) {
      const { account, ...message } = this.activity.cash();
      this.publishAcknowledged(`cash.${account}`, message);
    }
  }

  memory(runs: number): MarketMemory {
    const prices = demoSymbols.map(({ symbol }, i) => [symbol, this.walk.priceText(i)] as const);
    return { runs, prices: Object.fromEntries(prices) };
  }

  async settled(): Promise<void> {
    await Promise.all(this.underWay);
    await this.link.nats.flush();
  }

  private publishPrice(index: number): void {
    const { decimals, isQuoted } = demoSymbols[index] ?? { decimals: 2, isQuoted: false };
    const ts = Date.now();
    const price = this.walk.price(index);
    const message = isQuoted
      ? {
          bid: (price * (1 - halfSpread)).toFixed(decimals),
          ask: (price * (1 + halfSpread)).toFixed(decimals),
          ts,
        }
      : { price: price.toFixed(decimals), ts };
    this.link.nats.publish(this.subjects[index] ?? '', JSON.stringify(message));
  }

  /** A simulated event that NATS did not take is no loss: nobody was told of it. */
  private publishAcknowledged(subject: string, message: { readonly id: string }): void {
    if (this.underWay.size >= limits.demoAcksOutstandingMax) return;
    const text = JSON.stringify({ ...message, ts: Date.now() });
    const sent = this.link.nats
      .jetstream()
      .publish(subject, text, { msgID: message.id, timeout: limits.demoAckMsMax })
      .then(
        () => undefined,
        (error: unknown) => this.log.warn({ subject, id: message.id, error: String(error) }, 'not taken'),
      )
      .finally(() => this.underWay.delete(sent));
    this.underWay.add(sent);
  }
}
