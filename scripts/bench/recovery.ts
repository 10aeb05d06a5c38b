/**
 * `recovery`: the start of an engine that was killed, with a million ledger events behind its checkpoint, beside the
 * bare read of the same messages. Also how much memory it takes, and that nobody is told of an account before it is
 * live. Smaller: `--accounts=5000 --positions=10 --events=50000 --rounds=1`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { startPart } from '../../src/load/worker.ts';
import { systemClock } from '../../src/system-clock.ts';
import { connectNats, type Link } from '../../streams/sources/connection.ts';
import { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';
import type { BareRead, BareRecoveryCalls } from './bare-recovery.ts';
import { EarlyEmissions, observeStart } from './observed-start.ts';
import { instrumentSettings, RecoveryLedger } from './recovery-ledger.ts';
import { median, ratioOf, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';
import { ended, startEngine, startNats, type Engine } from './servers.ts';
import { sizesFrom } from './sizes.ts';

const defaults = { accounts: 100_000, positions: 10, events: 1_000_000, rounds: 3 };
/** So that the checkpoint stays behind what is written. */
const checkpointsOff = { TIDEMARK_CHECKPOINT_INTERVAL_MS: '600000' };
const bytesInMiB = 1_048_576;
const quietMs = 2_000;

interface Measured {
  readonly startMs: number;
  readonly leaseMs: number;
  readonly readMs: number;
  readonly processorMs: number;
  readonly peakMiB: number;
  readonly emissions: number;
  readonly bare: BareRead;
}

export async function run(options: readonly string[]): Promise<BenchRow[]> {
  const sizes = sizesFrom(options, defaults);
  const server = await startNats();
  const link = await connectNats({ url: server.url, name: 'tidemark-bench', log: quietLog });
  const publisher = new WindowedPublisher(link, systemClock, quietLog);
  const ledger = new RecoveryLedger(publisher, sizes);
  await prepare(server.url, link, ledger, sizes.events);
  const measured: Measured[] = [];
  // The first one warms the server's caches and does not count.
  for (let round = 0; round <= sizes.rounds; round++) {
    const each = await recoverOnce(server.url, link, ledger);
    console.error(JSON.stringify(each));
    if (round > 0) measured.push(each);
  }
  publisher.close();
  await link.close();
  await server.stop();
  return rowsOf(measured, sizes);
}

/** Leaves a checkpoint, the events behind it with all that became of them in the streams, and no engine. */
async function prepare(url: string, link: Link, ledger: RecoveryLedger, events: number): Promise<void> {
  const settings = instrumentSettings();
  const first = await startEngine(url, settings);
  await ledger.prices(link);
  const opened = await ledger.open();
  await first.appliedThrough(opened);
  await until(first, ({ checkpoint_sequence: through }) => (through ?? 0) >= opened);
  await first.stop();
  const second = await startEngine(url, { ...settings, ...checkpointsOff });
  await second.appliedThrough(await ledger.write(events));
  await settled(second);
  await second.kill();
}

async function recoverOnce(url: string, link: Link, ledger: RecoveryLedger): Promise<Measured> {
  // A process of its own each time: the engine's code is not compiled yet either.
  const part = startPart<BareRecoveryCalls>(new URL('bare-recovery.ts', import.meta.url));
  const bare = await Promise.race([part.call('read', url), part.failed]);
  part.end();
  const emissions = new EarlyEmissions(link);
  await link.nats.flush();
  const start = await observeStart(url, { ...instrumentSettings(), ...checkpointsOff });
  // That it says nothing must not be because it cannot: it tells of the next event.
  await ledger.write(1);
  while (emissions.count === 0) await sleep(limits.clientPollMs);
  emissions.close();
  await ended(start.child, 'SIGKILL');
  return {
    startMs: start.liveAt - start.spawnedAt,
    leaseMs: start.liveAt - start.ownedAt,
    readMs: start.readAt - start.ownedAt,
    processorMs: start.processorMs,
    peakMiB: start.peakBytes / bytesInMiB,
    emissions: emissions.before(start.liveAt),
    bare,
  };
}

function rowsOf(measured: readonly Measured[], sizes: typeof defaults): BenchRow[] {
  const emissions = measured.reduce((sum, each) => sum + each.emissions, 0);
  if (emissions > 0) throw new Error(`${emissions} updates of equity were told before the engine was live`);
  const of = (figure: (each: Measured) => number): number => median(measured.map(figure));
  const count = (x: number): string => x.toLocaleString('en-US');
  const what = `${count(sizes.accounts)} accounts x ${sizes.positions}, ${count(sizes.events)} events behind the checkpoint`;
  const bareMs = of(({ bare }) => bare.ms);
  const part = 'recovery';
  const beside = (ms: number, bare = bareMs): Pick<BenchRow, 'value' | 'unit' | 'ceiling' | 'ratio'> => {
    return { value: rounded(ms), unit: 'ms', ceiling: rounded(bare), ratio: ratioOf(ms, bare) };
  };
  const processorMs = of((each) => each.processorMs);
  const leaseMs = of((each) => each.leaseMs);
  const readMs = of((each) => each.readMs);
  return [
    {
      part,
      measure: `${what}: from the lease to live, beside the bare read of the same messages`,
      ...beside(leaseMs),
      target: '<= 2 times the bare read',
    },
    { part, measure: 'the same, from the start of the process', ...beside(of((each) => each.startMs)) },
    {
      part,
      measure: 'processor time from the lease to live, beside that of the bare read',
      ...beside(
        processorMs,
        of(({ bare }) => bare.processorMs),
      ),
    },
    { part, measure: 'from the lease on: changelog, effects and frames', value: rounded(readMs), unit: 'ms' },
    { part, measure: 'then: the ledger applied and marked', value: rounded(leaseMs - readMs), unit: 'ms' },
    {
      part,
      measure: 'messages read',
      value: of(({ bare }) => bare.messages),
      unit: `messages, ${rounded(of(({ bare }) => bare.bytes) / bytesInMiB)} MiB`,
    },
    {
      part,
      measure: 'most resident memory until live',
      value: rounded(of((each) => each.peakMiB)),
      unit: 'MiB',
    },
    { part, measure: 'updates on equity.* before live', value: emissions, unit: 'updates', target: '0' },
  ];
}

async function until(
  engine: Engine,
  isMet: (stats: Readonly<Record<string, number>>) => boolean,
): Promise<void> {
  while (!isMet(await engine.stats())) await sleep(limits.clientPollMs);
}

/** Everything is told, framed and acknowledged, the open period of the curve too, and nothing more comes. */
async function settled(engine: Engine): Promise<void> {
  let quietSince = NaN;
  let before = NaN;
  while (!(performance.now() - quietSince >= quietMs)) {
    const { lags, emitted } = (await engine.stats()) as unknown as {
      lags: { effects: number; frames: { rows: number } };
      emitted: number;
    };
    const isQuiet = lags.effects === 0 && lags.frames.rows === 0;
    if (!isQuiet || emitted !== before) quietSince = performance.now();
    before = emitted;
    await sleep(limits.clientPollMs);
  }
}
