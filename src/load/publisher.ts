/** The publishing process of a load test: prices over a socket of their own, settlements over a client's connection. */
import { connectNats } from '../../streams/sources/connection.ts';
import type { NatsAccess } from '../../streams/sources/nats-access.ts';
import { microsSince } from './micros.ts';
import type { LoadPlan, SettlementLog } from './plan.ts';
import { PriceFeed } from './price-feed.ts';
import type { ProbeLog } from './price-feed.ts';
import { PriceSocket } from './price-socket.ts';
import { quietLog } from '../quiet-log.ts';
import { SettlementFeed } from './settlement-feed.ts';
import { servePart } from './worker.ts';
import { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';
import { systemClock } from '../system-clock.ts';

export interface PublisherTask {
  readonly plan: LoadPlan;
  readonly url: string;
  readonly access?: NatsAccess | undefined;
  /** The run's start, of the clock that the processes share. */
  readonly start: bigint;
}

export interface Published {
  readonly settlements: SettlementLog;
  readonly probes: ProbeLog;
  /** Of the symbols that are no probes, the last ones. */
  readonly prices: Float64Array;
  readonly pricesSent: number;
  /** In LEDGER, of each account. */
  readonly lastSequence: Float64Array;
}

export interface Progress {
  readonly prices: number;
  readonly settlements: number;
}

export interface PublisherCalls {
  /** Prices, accounts, positions; answers the last sequence in LEDGER. */
  readonly open: (task: PublisherTask) => Promise<number>;
  readonly start: () => void;
  readonly progress: () => Progress;
  /** Ends with each symbol's price once more; answers when the server has all of it. */
  readonly stop: () => Promise<void>;
  readonly published: () => Published;
  readonly [name: string]: (argument: never) => unknown;
}

interface Feeds {
  readonly prices: PriceFeed;
  readonly settlements: SettlementFeed;
}

servePart((fail) => {
  let feeds: Feeds | null = null;
  const open = (): Feeds => {
    if (feeds === null) throw new Error('not opened');
    return feeds;
  };
  return {
    async open({ plan, url, access, start }: PublisherTask) {
      const link = await connectNats({ url, access, name: 'tidemark-load-settlements', log: quietLog });
      const prices = new PriceFeed(plan, await PriceSocket.open(url, access), microsSince(start));
      const settlements = new SettlementFeed(plan, new WindowedPublisher(link, systemClock, quietLog));
      feeds = { prices, settlements };
      await prices.all();
      return settlements.open();
    },
    start() {
      const { prices, settlements } = open();
      prices.start(fail);
      settlements.start((symbol) => prices.prices[symbol] ?? 0, fail);
    },
    progress(): Progress {
      const { prices, settlements } = open();
      return { prices: prices.sent, settlements: settlements.log.count };
    },
    async stop() {
      const { prices, settlements } = open();
      await prices.stop();
      await settlements.stop();
      await prices.all();
    },
    published(): Published {
      const { prices, settlements } = open();
      return {
        settlements: settlements.log,
        probes: prices.probes,
        prices: prices.prices,
        pricesSent: prices.sent,
        lastSequence: settlements.lastSequence,
      };
    },
  } satisfies PublisherCalls;
});
