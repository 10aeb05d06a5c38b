/** ClickHouse stands still under load: the engine does not notice, and afterwards all rows are there, once. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../../config/limits.ts';
import type { LoadDoors } from '../../../src/load/doors.ts';
import { latencyOf, type LatencyFigures } from '../../../src/load/latency.ts';
import { microsSince, moment } from '../../../src/load/micros.ts';
import { expectedAccounts } from '../../../src/load/oracle.ts';
import type { LoadPlan } from '../../../src/load/plan.ts';
import type { Published, PublisherCalls } from '../../../src/load/publisher.ts';
import type { SubscriberCalls } from '../../../src/load/subscriber.ts';
import { verify } from '../../../src/load/verify.ts';
import { startPart } from '../../../src/load/worker.ts';
import { until } from '../../../test/support/until.ts';
import { differenceTexts, type FaultOptions, type FaultPart, type FaultReport } from '../part.ts';
import { UpStack } from '../up-stack.ts';

const beforeSecondsMax = 30;
/** What is seen first is of a start, not of a load. */
const warmSeconds = 2;
const probes = 20;

export const storeAway: FaultPart = {
  name: 'store-away',
  what: 'the store stopped under load, then back: latency of the engine, all rows once',
  async run(options, told) {
    const stack = await UpStack.start();
    const publisher = startPart<PublisherCalls>(new URL('../../../src/load/publisher.ts', import.meta.url));
    const subscriber = startPart<SubscriberCalls>(
      new URL('../../../src/load/subscriber.ts', import.meta.url),
    );
    const away = new StoreAway(options, stack, publisher, subscriber, told);
    try {
      return await Promise.race([away.run(), publisher.failed, subscriber.failed]);
    } finally {
      publisher.end();
      subscriber.end();
      await stack.stop();
    }
  },
};

class StoreAway {
  private readonly awaySeconds: number;
  private readonly plan: LoadPlan;
  private readonly stack: UpStack;
  private readonly publisher: ReturnType<typeof startPart<PublisherCalls>>;
  private readonly subscriber: ReturnType<typeof startPart<SubscriberCalls>>;
  private readonly told: (text: string) => void;
  private readonly start = moment();
  private readonly micros = microsSince(this.start);

  constructor(
    { accounts, settlements, prices, awaySeconds, seed }: FaultOptions,
    stack: UpStack,
    publisher: StoreAway['publisher'],
    subscriber: StoreAway['subscriber'],
    told: (text: string) => void,
  ) {
    const run = `S${randomUUID().slice(0, 6).toUpperCase()}`;
    const seconds = awaySeconds + 2 * beforeSecondsMax;
    this.plan = {
      rate: prices,
      accounts,
      positions: 10,
      symbols: 60,
      settlements,
      seconds,
      warmup: 0,
      seed,
      run,
      probes,
    };
    this.awaySeconds = awaySeconds;
    this.stack = stack;
    this.publisher = publisher;
    this.subscriber = subscriber;
    this.told = told;
  }

  async run(): Promise<FaultReport> {
    const { plan, publisher, subscriber, stack } = this;
    const { doors } = stack.installation;
    const task = { plan, url: stack.installation.natsUrl, start: this.start };
    await subscriber.call('open', task);
    await publisher.call('open', task);
    await publisher.call('start');
    await sleep(warmSeconds * 1000);
    const before = await this.window(Math.min(beforeSecondsMax, this.awaySeconds));
    const pid = await stack.untilThere('store');
    process.kill(pid, 'SIGSTOP');
    this.told(`the store is stopped for ${this.awaySeconds} s`);
    const away = await this.window(this.awaySeconds);
    const startedAt = performance.now();
    process.kill(pid, 'SIGCONT');
    const { settlements: sent } = await publisher.call('progress');
    await this.untilRows(doors, sent);
    const caughtUpMs = performance.now() - startedAt;
    await publisher.call('stop');
    const published = await publisher.call('published');
    const received = () => subscriber.call('received');
    const verdict = await verify(plan, expectedAccounts(this.facts(published)), {
      doors,
      lastMessages: async () => (await received()).last,
      repeated: async () => (await received()).repeated,
    });
    const { sightings } = await received();
    const latency = (name: string, { from, to }: { from: number; to: number }): string => {
      const figures = latencyOf(published.probes, sightings, probes, from, to);
      return `price to equity ${name}: ${latencyText(figures)}`;
    };
    const differing = plan.accounts - verdict.agreeing;
    const { lost, doubled, differences } = verdict;
    return {
      rows: [
        {
          fault: `store away ${this.awaySeconds} s`,
          times: 1,
          recoveryMs: [caughtUpMs],
          lost,
          doubled,
          differing,
        },
      ],
      notes: [
        latency('before', before),
        latency('while the store is away', away),
        `${published.settlements.count.toLocaleString('en')} settlements, ${published.pricesSent.toLocaleString('en')} prices; ` +
          'recovery: until the rows of all that was sent meanwhile are there',
      ],
      failures: [
        ...(lost === 0 ? [] : [`${lost} settlements are lost`]),
        ...(doubled === 0 ? [] : [`${doubled} rows or messages are doubled`]),
        ...differenceTexts(differences),
      ],
    };
  }

  private async window(seconds: number): Promise<{ from: number; to: number }> {
    const from = this.micros();
    await sleep(seconds * 1000);
    return { from, to: this.micros() };
  }

  /** Goes on waiting while rows come: how fast they do is the machine's business. */
  private async untilRows(doors: LoadDoors, settlements: number): Promise<void> {
    const statement = 'SELECT count() AS rows FROM settlements WHERE account_id LIKE {accounts:String}';
    let rows = 0;
    const grown = async (): Promise<boolean> => {
      const [row] = await doors.rows<{ rows: string }>(statement, { accounts: `load-${this.plan.run}-%` });
      const before = rows;
      rows = Number(row?.rows);
      return rows > before;
    };
    while (rows < settlements) {
      await until(grown, {
        what: `more than ${rows} of ${settlements} settlements in ClickHouse`,
        timeoutMs: limits.faultRecoveryMsMax,
        pollMs: limits.faultAskMsMax,
      });
    }
  }

  private facts({ settlements, prices, probes: log, lastSequence }: Published) {
    const probeMicros = new Float64Array(probes);
    for (let i = 0; i < log.count; i++) probeMicros[log.probe[i] ?? 0] = log.micros[i] ?? 0;
    return { plan: this.plan, settlements, prices, probeMicros, lastSequence };
  }
}

function latencyText({ count, unseen, ms }: LatencyFigures): string {
  const percent = (p: string): string => `p${p} ${(ms[p] ?? NaN).toFixed(1)} ms`;
  const most = `max ${(ms['100'] ?? NaN).toFixed(1)} ms`;
  return `${percent('50')}, ${percent('99')}, ${percent('99.9')}, ${most} of ${count} prices${unseen === 0 ? '' : `, ${unseen} never seen`}`;
}
