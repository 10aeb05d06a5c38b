/** The publishing process of a fault test: prices over a socket of their own, events over two connections. */
import { microsSince, moment } from '../../src/load/micros.ts';
import type { LoadPlan } from '../../src/load/plan.ts';
import { PriceFeed } from '../../src/load/price-feed.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { servePart } from '../../src/load/worker.ts';
import { systemClock } from '../../src/system-clock.ts';
import { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';
import { connectNats } from '../../streams/sources/connection.ts';
import { LastingPriceSocket } from './lasting-price-socket.ts';
import { LedgerFeed } from './ledger-feed.ts';
import { rates } from './market.ts';
import type { SentColumns } from './sent-log.ts';

export interface FeederTask {
  readonly plan: LoadPlan;
  readonly url: string;
}

export interface Fed {
  readonly sent: SentColumns;
  /** Messages sent again on purpose. */
  readonly repeated: number;
  readonly pricesSent: number;
  /** Of each symbol, the last. */
  readonly prices: Float64Array;
}

export interface FeederCalls {
  /** Rates and prices; answers how many. */
  readonly open: (task: FeederTask) => Promise<number>;
  /** Accounts, opened and funded. */
  readonly fund: () => Promise<void>;
  readonly start: () => void;
  /** No more events, until they are started again; prices go on. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly progress: () => { readonly events: number; readonly prices: number };
  /** Answers when everything is acknowledged; ends with a deposit of every account and every price once more. */
  readonly stop: () => Promise<void>;
  readonly fed: () => Fed;
  readonly [name: string]: (argument: never) => unknown;
}

interface Feeds {
  readonly ledger: LedgerFeed;
  readonly prices: PriceFeed;
}

servePart((fail) => {
  let feeds: Feeds | null = null;
  const open = (): Feeds => {
    if (feeds === null) throw new Error('not opened');
    return feeds;
  };
  const startEvents = (): void => {
    const { ledger, prices } = open();
    ledger.start((symbol) => prices.prices[symbol] ?? 0, fail);
  };
  return {
    async open({ plan, url }: FeederTask) {
      const links = await Promise.all(
        ['a', 'b'].map((name) => connectNats({ url, name: `faults-${name}`, log: quietLog })),
      );
      const [first] = links;
      const ledger = new LedgerFeed(
        plan,
        links.map((link) => new WindowedPublisher(link, systemClock, quietLog)),
      );
      const socket = new LastingPriceSocket(url);
      await socket.reopen();
      const prices = new PriceFeed(plan, socket, microsSince(moment()));
      feeds = { ledger, prices };
      for (const [pair, price] of Object.entries(rates)) {
        first?.nats.publish(`prices.${pair}`, Buffer.from(JSON.stringify({ price, ts: Date.now() })));
      }
      await first?.nats.flush();
      await prices.all();
      return Object.keys(rates).length + prices.sent;
    },
    fund: () => open().ledger.open(),
    start() {
      open().prices.start(fail);
      startEvents();
    },
    pause() {
      open().ledger.pause();
    },
    resume: startEvents,
    progress() {
      const { ledger, prices } = open();
      return { events: ledger.log.count, prices: prices.sent };
    },
    async stop() {
      const { ledger, prices } = open();
      await prices.stop();
      await ledger.stop();
      await prices.all();
    },
    fed(): Fed {
      const { ledger, prices } = open();
      return {
        sent: ledger.log.toColumns(),
        repeated: ledger.repeated,
        pricesSent: prices.sent,
        prices: prices.prices,
      };
    },
  } satisfies FeederCalls;
});
