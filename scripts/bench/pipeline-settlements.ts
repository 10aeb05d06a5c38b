/**
 * `pipeline.settlements`: a backlog in LEDGER through the real, live engine, frames on, beside a bare consumer of the
 * same messages that only parses them. The engine is stopped while the backlog is written, so that what is measured is
 * its reading and not the writing.
 */
import { limits } from '../../config/limits.ts';
import { accountName, holdingsOf, symbolName } from '../../src/load/plan.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { startPart } from '../../src/load/worker.ts';
import { Random } from '../../src/random.ts';
import { systemClock } from '../../src/system-clock.ts';
import { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';
import type { BareLedgerCalls } from './bare-ledger.ts';
import { openAccounts, pipelinePlan } from './pipeline.ts';
import { alternate, ratioOf, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';
import { startEngine, startNats, type Engine } from './servers.ts';

const rounds = 5;
const settlementsARound = 100_000;

export async function run(): Promise<BenchRow[]> {
  const server = await startNats();
  const engine = await startEngine(server.url);
  await openAccounts(server.url, engine, pipelinePlan);
  const publisher = new WindowedPublisher(engine.link, systemClock, quietLog);
  const random = new Random(5);
  const bare = startPart<BareLedgerCalls>(new URL('bare-ledger.ts', import.meta.url));
  let written = { from: 0, to: 0 };
  let round = 0;
  const medians = await alternate(rounds, {
    engine: async () => {
      process.kill(engine.pid, 'SIGSTOP');
      try {
        written = await writeBacklog(publisher, random, round++);
      } finally {
        process.kill(engine.pid, 'SIGCONT');
      }
      const startedAt = performance.now();
      await engine.appliedThrough(written.to);
      return perSecond(performance.now() - startedAt);
    },
    bare: async () =>
      perSecond(await Promise.race([bare.call('read', { url: server.url, ...written }), bare.failed])),
  });
  await refusedNothing(engine);
  publisher.close();
  bare.end();
  await engine.stop();
  await server.stop();
  return [
    {
      part: 'pipeline.settlements',
      measure: 'a backlog of 100,000 in LEDGER, frames on',
      value: rounded(medians.engine),
      unit: 'settlements/s',
      ceiling: rounded(medians.bare),
      ratio: ratioOf(medians.engine, medians.bare),
      target: '>= 0.60 of the bare consumer',
    },
  ];
}

function perSecond(spentMs: number): number {
  return (settlementsARound / spentMs) * 1000;
}

async function writeBacklog(
  publisher: WindowedPublisher,
  random: Random,
  round: number,
): Promise<{ from: number; to: number }> {
  let from = Infinity;
  let to = 0;
  for (let i = 0; i < settlementsARound; i++) {
    const account = random.integer(0, pipelinePlan.accounts - 1);
    const settlement = {
      id: `b${round}-${i}`,
      symbol: symbolName(pipelinePlan, random.pick(holdingsFor(account))),
      side: random.chance(0.5) ? 'buy' : 'sell',
      quantity: String(random.integer(1, 400)),
      price: (random.integer(10_000, 99_999) / 100).toFixed(2),
      fee: random.integer(0, 300),
      ts: Date.now(),
    };
    if (publisher.outstanding >= limits.publishWindowMessages) await publisher.ready();
    void publisher
      .publish(`settlements.${accountName(pipelinePlan, account)}`, Buffer.from(JSON.stringify(settlement)))
      .then(({ sequence }) => {
        from = Math.min(from, sequence);
        to = Math.max(to, sequence);
      });
  }
  await publisher.flush();
  return { from, to };
}

const holdings = new Map<number, number[]>();

function holdingsFor(account: number): number[] {
  const held = holdings.get(account) ?? holdingsOf(pipelinePlan, account);
  holdings.set(account, held);
  return held;
}

async function refusedNothing(engine: Engine): Promise<void> {
  const { settlements_applied: applied } = await engine.stats();
  const expected = pipelinePlan.accounts * pipelinePlan.positions + (rounds + 1) * settlementsARound;
  if (applied !== expected) throw new Error(`${applied} settlements of ${expected} were applied`);
}
