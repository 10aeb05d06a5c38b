/**
 * `fan-out`: 1,000 clients of the WebSocket, each with an account of its own that changes at every tick, beside a bare
 * `ws` server with the same clients and messages. Compared is the processor time of the server a frame, at saturation.
 * Memory over ten minutes of ticks: `--ticks=6000`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection } from 'nats';
import { startPart } from '../../src/load/worker.ts';
import type { FanOutClientsCalls } from './fan-out-clients.ts';
import type { FanOutServerCalls } from './fan-out-server.ts';
import { alternate, ratioOf, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';
import { startNats } from './servers.ts';
import { sizesFrom } from './sizes.ts';

const accounts = Array.from({ length: 1_000 }, (_, i) => `account-${i}`);
const rounds = 5;
const ticksARound = 40;
/** Ticks that clients may be behind: saturated, and nothing conflated. */
const ticksAhead = 4;
const pacedTicks = 50;
const pacedTickMs = 100;
/** Paced ticks over which the memory of the gateway is watched. */
const defaults = { ticks: 4 * pacedTicks };
const bytesInMiB = 1_048_576;

interface Contender {
  /** Frames a second of the server's processor time. */
  readonly saturate: () => Promise<number>;
  /** Milliseconds from the end of a tick to each frame of it. */
  readonly delays: () => Promise<number[]>;
  /** Resident MiB of the server after each `pacedTicks` of so many. */
  readonly memory: (ticks: number) => Promise<number[]>;
  readonly end: () => Promise<void>;
}

export async function run(options: readonly string[]): Promise<BenchRow[]> {
  const sizes = sizesFrom(options, defaults);
  const gateway = await contender('gateway');
  const bare = await contender('bare');
  const medians = await alternate(rounds, { gateway: gateway.saturate, bare: bare.saturate });
  const delays = [await gateway.delays(), await bare.delays()] as const;
  const memory = await gateway.memory(sizes.ticks);
  for (const each of [gateway, bare]) await each.end();
  const half = memory.length / 2;
  const delay = (percent: number, target: string): BenchRow => ({
    part: 'fan-out',
    measure: `p${percent} from a tick of 1,000 updates to the client, a tick of ${pacedTickMs} ms`,
    value: percentile(delays[0], percent),
    unit: 'ms',
    ceiling: percentile(delays[1], percent),
    target,
  });
  return [
    {
      part: 'fan-out',
      measure: '1,000 WebSocket clients, one account each: frames a second of processor time',
      value: rounded(medians.gateway),
      unit: 'frames/s',
      ceiling: rounded(medians.bare),
      ratio: ratioOf(medians.gateway, medians.bare),
      target: '>= 0.60 of bare ws',
    },
    delay(50, '< 10 ms'),
    delay(99, '< 50 ms'),
    {
      part: 'fan-out',
      measure: `memory of the gateway over ${(sizes.ticks * pacedTickMs) / 1000} s of ticks: least of the second half, beside the first`,
      value: rounded(Math.min(...memory.slice(half))),
      unit: 'MiB',
      ceiling: rounded(Math.min(...memory.slice(0, half))),
      target: 'flat',
    },
  ];
}

/** With a nats-server of its own: the other one hears nothing of its ticks. */
async function contender(kind: 'gateway' | 'bare'): Promise<Contender> {
  const natsServer = await startNats();
  const nats = await connect({ servers: natsServer.url });
  answerAsEngine(nats);
  await nats.flush();
  const ticks = new Ticks(nats);
  const server = startPart<FanOutServerCalls>(new URL('fan-out-server.ts', import.meta.url));
  const clients = startPart<FanOutClientsCalls>(new URL('fan-out-clients.ts', import.meta.url));
  const port = await server.call(kind, natsServer.url);
  await clients.call('open', { port, accounts });
  const begin = async (): Promise<number> => {
    await clients.call('delays');
    await server.call('cpu');
    return ticks.count;
  };
  const delays = async (): Promise<number[]> => {
    await begin();
    for (let i = 0; i < pacedTicks; i++) {
      ticks.next();
      await sleep(pacedTickMs);
    }
    await clients.call('received', ticks.count * accounts.length);
    return clients.call('delays');
  };
  return {
    async saturate() {
      const before = await begin();
      for (let i = 1; i <= ticksARound; i++) {
        ticks.next();
        await clients.call('received', (before + i - ticksAhead) * accounts.length);
      }
      await clients.call('received', ticks.count * accounts.length);
      return (1e6 * ticksARound * accounts.length) / (await server.call('cpu'));
    },
    delays,
    async memory(count) {
      const resident: number[] = [];
      for (let ticked = 0; ticked < count; ticked += pacedTicks) {
        await delays();
        resident.push((await server.call('memory')) / bytesInMiB);
      }
      return resident;
    },
    async end() {
      server.end();
      clients.end();
      await nats.close();
      await natsServer.stop();
    },
  };
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return rounded(sorted[Math.floor((sorted.length * percent) / 100)] ?? NaN);
}

/** Where the moment of the tick goes, in microseconds. */
const unsent = '"timestamp":0';

class Ticks {
  count = 0;
  private readonly nats: NatsConnection;

  constructor(nats: NatsConnection) {
    this.nats = nats;
  }

  /** A tick of every account. */
  next(): void {
    this.count++;
    // Made before the tick is complete.
    const messages = accounts.map((account) => JSON.stringify(figuresOf(account, this.count)).split(unsent));
    const sent = process.hrtime.bigint() / 1000n;
    messages.forEach(([head = '', tail = ''], i) => {
      this.nats.publish(`equity.${accounts[i] ?? ''}`, `${head}"timestamp":${sent}${tail}`);
    });
  }
}

/** For the gateway's questions: every account, before its first tick. */
function answerAsEngine(nats: NatsConnection): void {
  nats.subscribe('tidemark.snapshot', {
    callback: (_, message) => {
      const { accounts: asked } = message.json<{ accounts: string[] }>();
      message.respond(JSON.stringify({ accounts: asked.map((account) => figuresOf(account, 0)) }));
    },
  });
  nats.subscribe('tidemark.stats', {
    callback: (_, message) => void message.respond('{"owner":"bench","emissions_unsent":0}'),
  });
}

function figuresOf(account: string, tick: number): object {
  return {
    account_id: account,
    tick,
    timestamp: 0,
    total_equity: 12_873_423 + tick,
    cash_balance: 2_183_411,
    position_value: 10_690_012 + tick,
    unrealized_pnl: 41_277 + tick,
    realized_pnl: 9_721,
    fees: 0,
    net_flow: 12_822_425,
    day_change: 50_998 + tick,
    day_change_percent: 0.3977,
    nav: 1.003977,
    peak_nav: 1.011203,
    drawdown: -0.007146,
    max_drawdown: -0.0412,
    currency: 'USD',
    state: 'active.healthy',
    sequence: 481_516,
  };
}
