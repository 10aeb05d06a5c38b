/**
 * `checkpoint`: what keeping the changelog costs an engine that applies as much as it can, and the longest pause that it
 * adds to its event loop. Two engines, each with a nats-server of its own, in turn under the same load; one of them
 * writes a checkpoint every second, the other one practically none. Smaller: `--accounts=1000 --seconds=2 --rounds=1`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { startPart, type Part } from '../../src/load/worker.ts';
import { systemClock } from '../../src/system-clock.ts';
import { connectNats, type Link } from '../../streams/sources/connection.ts';
import { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';
import type { EnginePartCalls, Pauses } from './engine-part.ts';
import { instrumentSettings, RecoveryLedger } from './recovery-ledger.ts';
import { alternate, median, ratioOf, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';
import { startNats, statsOver, type Server } from './servers.ts';
import { sizesFrom } from './sizes.ts';

const defaults = { accounts: 10_000, positions: 10, seconds: 6, rounds: 5 };
/** Events written and not yet applied, under the full load. */
const aheadMax = 20_000;
const eventsInChunk = 2_000;
/** The load under which pauses are looked for leaves the engine time: 5,000 events a second. */
const pacedEvents = 100;
const pacedMs = 20;
const secondMs = 1_000;

type Mode = 'on' | 'off';
const intervalMs: Readonly<Record<Mode, number>> = { on: 1_000, off: 600_000 };

export async function run(options: readonly string[]): Promise<BenchRow[]> {
  const sizes = sizesFrom(options, defaults);
  const on = await LoadedEngine.start('on', sizes);
  const off = await LoadedEngine.start('off', sizes);
  const rates = await alternate(sizes.rounds, {
    on: () => on.eventsASecond(sizes.seconds),
    off: () => off.eventsASecond(sizes.seconds),
  });
  const pauses: Record<Mode, Pauses[]> = { on: [], off: [] };
  for (let round = 0; round < sizes.rounds; round++) {
    pauses.on.push(await on.pauses(sizes.seconds));
    pauses.off.push(await off.pauses(sizes.seconds));
  }
  await requireCheckpoints(on, off);
  await on.stop();
  await off.stop();
  const pause = (figure: (each: Pauses) => number): Pick<BenchRow, 'value' | 'unit' | 'ceiling'> => {
    return {
      value: rounded(median(pauses.on.map(figure))),
      unit: 'ms',
      ceiling: rounded(median(pauses.off.map(figure))),
    };
  };
  const part = 'checkpoint';
  const what = `${sizes.accounts.toLocaleString('en-US')} accounts x ${sizes.positions}`;
  return [
    {
      part,
      measure: `${what}, ledger events a second of processor time, beside an engine without checkpoints`,
      value: rounded(rates.on),
      unit: 'events/s',
      ceiling: rounded(rates.off),
      ratio: ratioOf(rates.on, rates.off),
      target: '>= 0.95 of the engine without',
    },
    {
      part,
      measure: 'longest turn of the event loop, processor time, beside the engine without',
      ...pause((each) => each.processorMsMax),
      target: '<= 5 ms more',
    },
    {
      part,
      measure: 'turn that one in a thousand exceeds, processor time, beside the engine without',
      ...pause((each) => each.processorMsP999),
    },
    {
      part,
      measure: 'longest pause by the clock, beside the engine without',
      ...pause((each) => each.wallMsMax),
    },
  ];
}

/** What is compared is what the names say. */
async function requireCheckpoints(on: LoadedEngine, off: LoadedEngine): Promise<void> {
  const [through, none] = [await on.checkpointSequence(), await off.checkpointSequence()];
  if (through > 0 && none === 0) return;
  throw new Error(`checkpoints are at ${through}, and without any at ${none}`);
}

class LoadedEngine {
  private readonly server: Server;
  private readonly link: Link;
  private readonly publisher: WindowedPublisher;
  private readonly ledger: RecoveryLedger;
  private readonly part: Part<EnginePartCalls>;

  private constructor(server: Server, link: Link, sizes: typeof defaults) {
    this.server = server;
    this.link = link;
    this.publisher = new WindowedPublisher(link, systemClock, quietLog);
    this.ledger = new RecoveryLedger(this.publisher, sizes);
    this.part = startPart<EnginePartCalls>(new URL('engine-part.ts', import.meta.url));
  }

  /** Resolves when it has all accounts, and what it did for that is behind it. */
  static async start(mode: Mode, sizes: typeof defaults): Promise<LoadedEngine> {
    const server = await startNats();
    const link = await connectNats({ url: server.url, name: 'tidemark-bench', log: quietLog });
    const made = new LoadedEngine(server, link, sizes);
    const settings = {
      ...instrumentSettings(),
      TIDEMARK_CHECKPOINT_INTERVAL_MS: String(intervalMs[mode]),
    };
    await made.part.call('open', { url: server.url, settings });
    await made.ledger.prices(link);
    await made.appliedThrough(await made.ledger.open());
    return made;
  }

  /** Under as much as it takes, once it is at speed. */
  async eventsASecond(seconds: number): Promise<number> {
    const state = { isOver: false };
    const load = (async () => {
      while (!state.isOver) await this.appliedThrough((await this.ledger.write(eventsInChunk)) - aheadMax);
    })();
    await sleep(secondMs);
    const before = await this.sample();
    await sleep(seconds * secondMs);
    const after = await this.sample();
    state.isOver = true;
    await this.appliedThrough(await this.ledger.write(1));
    await load;
    return ((after.events - before.events) / (after.processorMs - before.processorMs)) * secondMs;
  }

  /** Under a load that leaves it time. */
  async pauses(seconds: number): Promise<Pauses> {
    await this.part.call('watch');
    for (const until = performance.now() + seconds * secondMs; performance.now() < until;) {
      const next = sleep(pacedMs);
      await this.ledger.write(pacedEvents);
      await next;
    }
    return this.part.call('pauses');
  }

  async checkpointSequence(): Promise<number> {
    return (await statsOver(this.link))['checkpoint_sequence'] ?? NaN;
  }

  async stop(): Promise<void> {
    this.part.end();
    this.publisher.close();
    await this.link.close();
    await this.server.stop();
  }

  private async sample(): Promise<{ readonly events: number; readonly processorMs: number }> {
    const stats = await statsOver(this.link);
    const events = (stats['settlements_applied'] ?? 0) + (stats['cash_applied'] ?? 0);
    return { events, processorMs: await this.part.call('processorMs') };
  }

  private async appliedThrough(sequence: number): Promise<void> {
    while (((await statsOver(this.link))['ledger_sequence'] ?? 0) < sequence) {
      await Promise.race([sleep(limits.clientPollMs), this.part.failed]);
    }
  }
}
