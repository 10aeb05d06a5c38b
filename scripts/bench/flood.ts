/**
 * The publisher of the pipeline parts: ready-made price messages as fast as their reader keeps up with them. Asks the
 * reader how many prices it has, and never is further ahead than a window: nothing is dropped, nothing is idle.
 */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { LoadPlan } from '../../src/load/plan.ts';
import { priceMax, priceMin, symbolName } from '../../src/load/plan.ts';
import { PriceFrames } from '../../src/load/price-frames.ts';
import { PriceSocket } from '../../src/load/price-socket.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { servePart } from '../../src/load/worker.ts';
import { Random } from '../../src/random.ts';
import { connectNats } from '../../streams/sources/connection.ts';

export type FloodKind = 'single' | 'batch';

export interface FloodTask {
  readonly url: string;
  readonly plan: LoadPlan;
  readonly kind: FloodKind;
  /** Where the reader answers with a field `prices_received`. */
  readonly asked: string;
  readonly seconds: number;
}

export interface FloodCalls {
  /** Prices a second that the reader took. */
  readonly flood: (task: FloodTask) => Promise<number>;
  readonly [name: string]: (argument: never) => unknown;
}

/** Prices written and not yet read. */
const windowPrices = 60_000;
const pricesInBatch = 100;
const batchesPrepared = 64;
const singlesInBurst = 500;
const burstsUnderWayMax = 16;
const askEveryMs = 10;
/** Part of the time that only brings things to speed. */
const warmupShare = 0.25;

async function flood({ url, plan, kind, asked, seconds }: FloodTask): Promise<number> {
  const socket = await PriceSocket.open(url);
  const link = await connectNats({ url, name: 'tidemark-bench-flood', log: quietLog });
  const received = async (): Promise<number> =>
    (await link.nats.request(asked, '{}', { timeout: 60_000 })).json<{ prices_received: number }>()
      .prices_received;
  const next = kind === 'single' ? singles(plan) : batches(plan);
  const before = await received();
  let read = 0;
  let written = 0;
  let underWay = 0;
  let from: { at: number; read: number } | null = null;
  let isOver = false;

  const ask = async (): Promise<number> => {
    const startedAt = performance.now();
    for (;;) {
      await sleep(askEveryMs);
      read = (await received()) - before;
      const now = performance.now();
      const spent = (now - startedAt) / 1000;
      if (from === null && spent >= seconds * warmupShare) from = { at: now, read };
      if (from !== null && spent >= seconds) {
        isOver = true;
        return ((read - from.read) / (now - from.at)) * 1000;
      }
    }
  };
  const write = async (): Promise<void> => {
    while (!isOver) {
      while (written - read < windowPrices && underWay < burstsUnderWayMax) {
        const { bytes, prices } = next();
        underWay++;
        socket.write(bytes, () => underWay--);
        written += prices;
      }
      await turn();
    }
  };
  const [rate] = await Promise.all([ask(), write()]);
  await socket.flush();
  // The next round begins with nothing under way.
  while ((await received()) - before < written) await sleep(askEveryMs);
  socket.close();
  await link.close();
  return rate;
}

interface Burst {
  readonly bytes: Buffer;
  readonly prices: number;
}

function singles(plan: LoadPlan): () => Burst {
  const frames = new PriceFrames(plan);
  const buffers = Array.from({ length: burstsUnderWayMax + 1 }, () =>
    Buffer.allocUnsafe(singlesInBurst * frames.bytesMax),
  );
  let burst = 0;
  return () => {
    const out = buffers[burst++ % buffers.length] as Buffer;
    const now = Date.now();
    let at = 0;
    for (let i = 0; i < singlesInBurst; i++) at = frames.next(out, at, now);
    return { bytes: out.subarray(0, at), prices: singlesInBurst };
  };
}

/** Made beforehand, so that the publisher costs next to nothing; every batch has other prices. */
function batches(plan: LoadPlan): () => Burst {
  const random = new Random(plan.seed, 7);
  const prepared = Array.from({ length: batchesPrepared }, () => {
    const ts = Date.now();
    const prices = Array.from({ length: pricesInBatch }, (_, i) => {
      const price = (random.integer(priceMin, priceMax) / 10_000).toFixed(4);
      return { symbol: symbolName(plan, i % plan.symbols), price, ts };
    });
    const payload = JSON.stringify(prices);
    return Buffer.from(`PUB prices ${payload.length}\r\n${payload}\r\n`, 'latin1');
  });
  let batch = 0;
  return () => ({ bytes: prepared[batch++ % batchesPrepared] as Buffer, prices: pricesInBatch });
}

servePart(() => ({ flood }) satisfies FloodCalls);
