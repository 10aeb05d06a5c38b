/**
 * A load test from end to end: opens accounts, drives prices and settlements at their rates, ends, checks. Owns the
 * order of it; publishing and listening are processes of their own, so that they disturb neither each other nor this.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import type { LoadDoors } from './doors.ts';
import { latencyOf, type LatencyFigures } from './latency.ts';
import { microsSince, moment } from './micros.ts';
import { expectedAccounts } from './oracle.ts';
import type { LoadOptions, LoadPlan } from './plan.ts';
import type { Lie } from './lie.ts';
import { tellLie } from './lie.ts';
import type { ProbeLog } from './price-feed.ts';
import type { NatsAccess } from '../../streams/sources/nats-access.ts';
import type { PublisherCalls } from './publisher.ts';
import type { SubscriberCalls } from './subscriber.ts';
import { verify, type Verdict } from './verify.ts';
import { startPart } from './worker.ts';

export interface LoadTarget {
  readonly natsUrl: string;
  readonly access: NatsAccess;
  readonly doors: LoadDoors;
  /** Rejects when the run is to be given up. */
  readonly interrupted: Promise<never>;
}

export interface LoadProgress {
  readonly phase: 'opening' | 'warming up' | 'measuring' | 'checking';
  /** Seconds into the phase, and of how many; 0 where the phase ends by itself. */
  readonly second: number;
  readonly seconds: number;
  /** Of the last second. */
  readonly prices: number;
  readonly settlements: number;
  readonly messages: number;
  /** From a price to equity in the last second, milliseconds. */
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface LoadReport {
  readonly plan: LoadPlan;
  /** Achieved within the measured seconds. */
  readonly pricesASecond: number;
  readonly settlementsASecond: number;
  readonly messagesASecond: number;
  readonly pricesSent: number;
  readonly settlementsSent: number;
  readonly messagesReceived: number;
  readonly latency: LatencyFigures;
  readonly afterTickMs: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
}

/** Throws where the load itself cannot be brought about. `lie`: what the oracle is told wrongly, to see that it matters. */
export async function runLoad(
  options: LoadOptions,
  target: LoadTarget,
  told: (progress: LoadProgress) => void,
  lie: Lie | null = null,
): Promise<LoadReport> {
  const plan: LoadPlan = {
    ...options,
    run: Date.now().toString(36).toUpperCase(),
    probes: Math.max(1, Math.min(limits.loadProbesMax, Math.ceil(options.accounts / 10))),
  };
  const publisher = startPart<PublisherCalls>(new URL('publisher.ts', import.meta.url));
  const subscriber = startPart<SubscriberCalls>(new URL('subscriber.ts', import.meta.url));
  try {
    return await Promise.race([
      drive(plan, target, publisher, subscriber, told, lie),
      publisher.failed,
      subscriber.failed,
      target.interrupted,
    ]);
  } finally {
    publisher.end();
    subscriber.end();
  }
}

type Publisher = ReturnType<typeof startPart<PublisherCalls>>;
type Subscriber = ReturnType<typeof startPart<SubscriberCalls>>;

async function drive(
  plan: LoadPlan,
  target: LoadTarget,
  publisher: Publisher,
  subscriber: Subscriber,
  told: (progress: LoadProgress) => void,
  lie: Lie | null,
): Promise<LoadReport> {
  const start = moment();
  const micros = microsSince(start);
  const task = { plan, url: target.natsUrl, access: target.access, start };
  told({ phase: 'opening', second: 0, seconds: 0, ...nothingYet });
  await subscriber.call('open', task);
  await appliedThrough(target.doors, await publisher.call('open', task));

  await publisher.call('start');
  await watch('warming up', plan.warmup, publisher, subscriber, told);
  await subscriber.call('measure');
  const from = micros();
  const first = await watch('measuring', plan.seconds, publisher, subscriber, told);
  const to = micros();
  await publisher.call('stop');
  told({ phase: 'checking', second: 0, seconds: 0, ...nothingYet });

  const published = await publisher.call('published');
  const facts = tellLie(lie, {
    plan,
    settlements: published.settlements,
    prices: published.prices,
    probeMicros: lastOfProbes(published.probes, plan.probes),
    lastSequence: published.lastSequence,
  });
  const verdict = await verify(plan, expectedAccounts(facts), {
    doors: target.doors,
    lastMessages: async () => (await subscriber.call('received')).last,
    repeated: async () => (await subscriber.call('received')).repeated,
  });
  const received = await subscriber.call('received');
  const seconds = (to - from) / 1_000_000;
  return {
    plan,
    pricesASecond: first.prices / seconds,
    settlementsASecond: first.settlements / seconds,
    messagesASecond: first.messages / seconds,
    pricesSent: published.pricesSent,
    settlementsSent: published.settlements.count,
    messagesReceived: received.messages,
    latency: latencyOf(published.probes, received.sightings, plan.probes, from, to),
    afterTickMs: received.afterTickMs,
    verdict,
  };
}

const nothingYet = { prices: 0, settlements: 0, messages: 0, p50: null, p99: null };

/** Tells once a second how it goes; resolves with what went through in all. */
async function watch(
  phase: LoadProgress['phase'],
  seconds: number,
  publisher: Publisher,
  subscriber: Subscriber,
  told: (progress: LoadProgress) => void,
): Promise<{ prices: number; settlements: number; messages: number }> {
  const look = async () => {
    const [sent, got] = await Promise.all([publisher.call('progress'), subscriber.call('progress')]);
    return { ...sent, ...got };
  };
  const began = await look();
  let before = began;
  const startedAt = performance.now();
  for (let second = 1; second <= seconds; second++) {
    await sleep(Math.max(0, startedAt + second * 1000 - performance.now()));
    const now = await look();
    told({
      phase,
      second,
      seconds,
      prices: now.prices - before.prices,
      settlements: now.settlements - before.settlements,
      messages: now.messages - before.messages,
      p50: now.p50,
      p99: now.p99,
    });
    before = now;
  }
  return {
    prices: before.prices - began.prices,
    settlements: before.settlements - began.settlements,
    messages: before.messages - began.messages,
  };
}

/** Resolves when the engine has applied LEDGER up to the sequence. An engine that does not answer now may be busy. */
async function appliedThrough(doors: LoadDoors, sequence: number): Promise<void> {
  const deadline = performance.now() + limits.loadOpenMsMax;
  for (;;) {
    let why: unknown;
    try {
      const applied = Number((await doors.stats())['ledger_sequence']);
      if (applied >= sequence) return;
      why = new Error(
        `the engine has applied LEDGER up to ${applied} of ${sequence} in ${limits.loadOpenMsMax / 1000} s`,
      );
    } catch (error) {
      why = error;
    }
    if (performance.now() >= deadline) throw why;
    await sleep(limits.loadPollMs);
  }
}

function lastOfProbes({ count, probe, micros }: ProbeLog, probes: number): Float64Array {
  const last = new Float64Array(probes);
  for (let i = 0; i < count; i++) last[probe[i] ?? 0] = micros[i] ?? 0;
  return last;
}
