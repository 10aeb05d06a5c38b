/** Engines and bare subscribers, each with a nats-server of its own, flooded in turn by the same publisher. */
import type { LoadPlan } from '../../src/load/plan.ts';
import type { PublisherCalls } from '../../src/load/publisher.ts';
import { moment } from '../../src/load/micros.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { startPart } from '../../src/load/worker.ts';
import { connectNats } from '../../streams/sources/connection.ts';
import { ensureStream } from '../../streams/sources/ensure-stream.ts';
import { pricesDefinition } from '../../streams/sources/stream-definitions.ts';
import type { BareSubscriberCalls } from './bare-subscriber.ts';
import type { FloodCalls, FloodKind } from './flood.ts';
import { startEngine, startNats, type Engine } from './servers.ts';

/** 1,000 accounts x 25 positions, 100 symbols. */
export const pipelinePlan: LoadPlan = {
  rate: 1,
  accounts: 1_000,
  positions: 25,
  symbols: 100,
  settlements: 1,
  seconds: 1,
  warmup: 0,
  seed: 1,
  run: 'BENCH',
  probes: 0,
};

const secondsARound = 4;

export interface Pipeline {
  /** Prices a second. */
  readonly flood: (kind: FloodKind) => Promise<number>;
  stop(): Promise<void>;
}

/** Opens the plan's accounts; resolves when the engine has applied all of it. */
export async function openAccounts(url: string, engine: Engine, plan: LoadPlan): Promise<void> {
  const publisher = startPart<PublisherCalls>(new URL('../../src/load/publisher.ts', import.meta.url));
  try {
    const sequence = await Promise.race([
      publisher.call('open', { plan, url, start: moment() }),
      publisher.failed,
    ]);
    await engine.appliedThrough(sequence);
  } finally {
    publisher.end();
  }
}

/** The real engine; `capture`: with the stream PRICES. */
export async function enginePipeline(capture: boolean): Promise<Pipeline> {
  const server = await startNats();
  const engine = await startEngine(server.url, { TIDEMARK_PRICES_CAPTURE: String(capture) });
  await openAccounts(server.url, engine, pipelinePlan);
  const flood = floodOf(server.url, 'tidemark.stats');
  return {
    flood: flood.run,
    async stop() {
      flood.end();
      await engine.stop();
      await server.stop();
    },
  };
}

export async function barePipeline(capture: boolean): Promise<Pipeline> {
  const server = await startNats();
  if (capture) {
    const link = await connectNats({ url: server.url, name: 'tidemark-bench', log: quietLog });
    await ensureStream(link.nats, pricesDefinition);
    await link.close();
  }
  const asked = 'bench.count';
  const subscriber = startPart<BareSubscriberCalls>(new URL('bare-subscriber.ts', import.meta.url));
  await subscriber.call('open', { url: server.url, asked });
  const flood = floodOf(server.url, asked);
  return {
    flood: flood.run,
    async stop() {
      flood.end();
      subscriber.end();
      await server.stop();
    },
  };
}

function floodOf(url: string, asked: string): { readonly run: Pipeline['flood']; readonly end: () => void } {
  const part = startPart<FloodCalls>(new URL('flood.ts', import.meta.url));
  return {
    run: (kind) =>
      Promise.race([
        part.call('flood', { url, plan: pipelinePlan, kind, asked, seconds: secondsARound }),
        part.failed,
      ]),
    end: () => part.end(),
  };
}
