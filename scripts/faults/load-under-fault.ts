/**
 * Load on an installation while something is done to it, and the verdict at the end. Owns the order of it: open, drive,
 * fault, stop, wait, compare. The fault itself is its user's.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import { moment } from '../../src/load/micros.ts';
import type { LoadPlan } from '../../src/load/plan.ts';
import type { SubscriberCalls } from '../../src/load/subscriber.ts';
import { startPart } from '../../src/load/worker.ts';
import { until } from '../../test/support/until.ts';
import { expectedAccounts } from './expected.ts';
import type { FeederCalls } from './feeder.ts';
import type { Installation } from './installation.ts';
import { ledgerOrder } from './ledger-order.ts';
import { differenceTexts, type FaultOptions, type FaultRow } from './part.ts';
import { rates } from './market.ts';
import { readStream } from './read-stream.ts';
import { SentLog } from './sent-log.ts';
import { judge, type Verdict } from './verdict.ts';

/** What a fault may do to the events of the load: prices go on. */
export interface EventLoad {
  pause(): void;
  resume(): void;
}

type Fault = (load: EventLoad) => Promise<void>;

export interface LoadOutcome {
  readonly verdict: Verdict;
  readonly notes: readonly string[];
  readonly failures: readonly string[];
}

/** The line of the table for a load that was judged. */
export function outcomeRow(
  fault: string,
  times: number,
  recoveryMs: readonly number[],
  { verdict: { lost, doubled, differing } }: LoadOutcome,
): FaultRow {
  return { fault, times, recoveryMs, lost, doubled, differing };
}

export function outcomeFailures({ verdict, failures }: LoadOutcome): string[] {
  const { lost, doubled, differences, faults } = verdict;
  return [
    ...failures,
    ...faults,
    ...(lost === 0 ? [] : [`${lost} events are lost`]),
    ...(doubled === 0 ? [] : [`${doubled} rows are doubled`]),
    ...differenceTexts(differences),
  ];
}

const symbols = 60;
const positions = 10;

export function faultPlan({ settlements, prices, accounts, seconds, seed }: FaultOptions): LoadPlan {
  return {
    rate: prices,
    accounts,
    positions,
    symbols,
    settlements,
    seconds,
    warmup: 0,
    seed,
    // Names of the run: no digit of it may look like a row.
    run: `F${randomUUID().slice(0, 6).toUpperCase()}`,
    probes: 0,
  };
}

/** Drives the load while `fault` runs, and events for at least the plan's seconds; then compares everything. */
export async function loadUnderFault(
  installation: Installation,
  plan: LoadPlan,
  fault: Fault,
  told: (text: string) => void,
): Promise<LoadOutcome> {
  const feeder = startPart<FeederCalls>(new URL('feeder.ts', import.meta.url));
  const subscriber = startPart<SubscriberCalls>(new URL('../../src/load/subscriber.ts', import.meta.url));
  try {
    return await Promise.race([
      drive(installation, plan, fault, told, feeder, subscriber),
      feeder.failed,
      subscriber.failed,
    ]);
  } finally {
    feeder.end();
    subscriber.end();
  }
}

async function drive(
  installation: Installation,
  plan: LoadPlan,
  fault: Fault,
  told: (text: string) => void,
  feeder: ReturnType<typeof startPart<FeederCalls>>,
  subscriber: ReturnType<typeof startPart<SubscriberCalls>>,
): Promise<LoadOutcome> {
  const url = installation.natsUrl;
  await subscriber.call('open', { plan, url, start: moment() });
  await marked(installation, await feeder.call('open', { plan, url }));
  await feeder.call('fund');
  await ratesKept(installation);
  const before = await feeder.call('progress');
  const events = new PausedEvents(feeder);
  const startedAt = performance.now();
  await feeder.call('start');
  await Promise.all([fault(events), sleep(plan.seconds * 1000)]);
  const after = await feeder.call('progress');
  const seconds = (performance.now() - startedAt) / 1000;
  const loadSeconds = seconds - events.pausedMs() / 1000;
  told('the load ends: waiting until all of it is in LEDGER');
  await feeder.call('stop');
  const { sent: columns, repeated, pricesSent, prices } = await feeder.call('fed');
  const sent = new SentLog(columns);
  told(`reading ${sent.count.toLocaleString('en')} events in LEDGER`);
  const order = await ledgerOrder(url, plan.run, sent.count);
  told(`waiting until ${order.messages.toLocaleString('en')} messages are applied`);
  await applied(installation, order.last);
  told('folding them');
  const expected = [...expectedAccounts(plan, sent, order, prices)];
  const missing = order.placeOf.filter((place) => place === 0).length;
  const verdict = await judge(
    plan,
    expected,
    installation.doors,
    async () => await subscriber.call('received'),
    told,
  );
  const rate = (count: number, during: number): string => Math.round(count / during).toLocaleString('en');
  return {
    verdict: { ...verdict, lost: verdict.lost + missing },
    notes: [
      `${rate(after.events - before.events, loadSeconds)} events/s for ${loadSeconds.toFixed(0)} s and ` +
        `${rate(after.prices - before.prices, seconds)} prices/s for ${seconds.toFixed(0)} s` +
        ` (asked for: ${plan.settlements.toLocaleString('en')} and ${plan.rate.toLocaleString('en')}; outages included)`,
      `${sent.count.toLocaleString('en')} events in ${order.messages.toLocaleString('en')} messages of LEDGER, ` +
        `${repeated.toLocaleString('en')} sent again on purpose; ${pricesSent.toLocaleString('en')} prices`,
    ],
    failures: missing === 0 ? [] : [`${missing} acknowledged events are not in LEDGER`],
  };
}

/** The events of a feeder, and how long they have been paused. */
class PausedEvents implements EventLoad {
  private readonly feeder: ReturnType<typeof startPart<FeederCalls>>;
  private since: number | null = null;
  private beforeMs = 0;

  constructor(feeder: ReturnType<typeof startPart<FeederCalls>>) {
    this.feeder = feeder;
  }

  pause(): void {
    this.since ??= performance.now();
    this.tell('pause');
  }

  resume(): void {
    this.beforeMs = this.pausedMs();
    this.since = null;
    this.tell('resume');
  }

  /** A feeder that fails says so itself, and one that was ended with its run has nothing to say. */
  private tell(call: 'pause' | 'resume'): void {
    this.feeder.call(call).catch(() => undefined);
  }

  pausedMs(): number {
    return this.beforeMs + (this.since === null ? 0 : performance.now() - this.since);
  }
}

/** Resolves when the first prices count: rates are there before anything that needs one. */
async function marked(installation: Installation, prices: number): Promise<void> {
  const { tick } = await installation.untilEngine(
    `${prices} prices to be received`,
    ({ prices_received }) => Number(prices_received) >= prices,
  );
  await installation.untilEngine('the tick after them', (status) => status.tick > tick);
}

/**
 * Resolves when the checkpoint has the rates. They come once, and until then only the engine and a stream in memory
 * have them: nobody promises what prices did in the moment before both are killed, and this oracle could not say it.
 */
async function ratesKept(installation: Installation): Promise<void> {
  const { connection } = await installation.nats();
  await until(
    async () => {
      let text = '';
      await readStream(connection, 'KV_ACCOUNTS', ({ subject, data }) => {
        if (subject.startsWith('$KV.ACCOUNTS.marks.')) text += Buffer.from(data).toString('latin1');
      });
      return Object.keys(rates).every((pair) => text.includes(`"${pair}"`));
    },
    {
      what: 'the rates to be in a checkpoint',
      timeoutMs: limits.faultSettleMsMax,
      pollMs: limits.loadPollMs,
    },
  );
}

/** Resolves when the engine that is live has applied LEDGER to its end. */
async function applied(installation: Installation, last: number): Promise<void> {
  await until(
    async () => {
      const { state, ledger_sequence } = await installation.status();
      return state === 'live' && ledger_sequence >= last;
    },
    {
      what: `the engine to apply LEDGER up to ${last}`,
      timeoutMs: limits.faultCheckMsMax,
      pollMs: limits.faultPollMs,
    },
  );
}
