/**
 * The end of a simulated world: it is left in peace until everything has come to rest, and then all that stands anywhere
 * is held to LEDGER, to the effect log, and to what engines say that start anew.
 */
import type { AccountView } from '../../src/domain/account-view.ts';
import { judgeClickHouse } from './clickhouse-judgement.ts';
import { judgeAccounts } from './account-judgement.ts';
import type { SimulatedServer } from './server.ts';
import type { SimulatedEngine } from './simulated-engine.ts';
import { fail, shown } from './simulation-failure.ts';
import type { World } from './world.ts';

/** Virtual time within which a world in peace comes to rest: several times its longest intervals. */
const restMsMax = 120_000;
/** Longer than the longest period of the curve and the longest wait of a frame, together. */
const quietMs = 5_000;

export async function judge(world: World): Promise<void> {
  const { server, expected } = world;
  world.makePeace();
  await come(world, 'one engine to apply the whole ledger', () => liveEngine(world) !== null);
  await world.runUntil(() => false, quietMs);
  await come(world, 'one engine to have the whole ledger', () => liveEngine(world) !== null);
  const engine = liveEngine(world)!;
  world.retire(engine);
  expected.read(server.ledger);
  world.audit.read();
  const views = viewsOf(engine);
  judgeAccounts(world, engine.model.market, views);
  judgeLetters(world);
  world.trace('judging new starts from a copy');
  await judgeNewStart(world, server.copy(), views, 'from the changelog as it is');
  await judgeNewStart(world, server.copyWithoutChangelog(), views, 'from the whole ledger');
  world.trace('the last engine drains');
  let isStopped = false;
  engine.stop().then(
    () => (isStopped = true),
    (error: unknown) => world.note(error),
  );
  await come(world, 'the engine to drain', () => isStopped);
  engine.kill();
  await come(world, 'the sink to insert every frame', () => world.consumer.isDone);
  judgeClickHouse(world);
  await judgeNewStart(world, server.copy(), views, 'after the drain');
}

/** The engine that has everything, if exactly one is live. */
function liveEngine(world: World): SimulatedEngine | null {
  const live = world.engines.filter((each) => each.isLive);
  const [engine] = live;
  if (engine === undefined || live.length > 1) return null;
  return engine.queries.stats().ledger_sequence === world.server.lastSequence ? engine : null;
}

async function come(world: World, what: string, isDone: () => boolean): Promise<void> {
  if (await world.runUntil(isDone, restMsMax)) return;
  const engines = world.engines.map((each) => {
    const state = each.isLive ? each.queries.stats() : 'not live';
    return `${each.process.name} ${shown(state)}`;
  });
  fail(`${restMsMax} ms were not enough for ${what}; ${engines.join(', ')}`);
}

export function viewsOf(engine: SimulatedEngine): Map<string, AccountView> {
  return new Map(engine.queries.accounts(null, 1_000, 'id').map((view) => [view.accountId, view]));
}

async function judgeNewStart(
  world: World,
  server: SimulatedServer,
  views: ReadonlyMap<string, AccountView>,
  how: string,
): Promise<void> {
  const engine = world.startEngine(server, false);
  await come(world, `a new start ${how}`, () => engine.isLive);
  const { tick } = engine.queries.stats();
  const [asTold, atTick] = [viewsOf(engine), await viewsAfter(world, engine, tick, how)];
  engine.kill();
  for (const [account, view] of views) {
    const told = asTold.get(account);
    const ticked = atTick.get(account);
    if (told === undefined || ticked === undefined) fail(`a new start ${how} has no account ${account}`);
    const was = comparable(view);
    // A day that began without a change of any figure that is told is in no row: the first tick begins it once more.
    const { dayOpenEquity: _open, dayNetFlow: _flow, ...first } = comparable(told);
    requireSame(`a new start ${how} says`, account, was, first);
    requireSame(`the first tick of a new start ${how} says`, account, was, comparable(ticked));
  }
  if (asTold.size !== views.size) fail(`a new start ${how} has ${asTold.size} accounts, not ${views.size}`);
}

async function viewsAfter(
  world: World,
  engine: SimulatedEngine,
  tick: number,
  how: string,
): Promise<Map<string, AccountView>> {
  await come(world, `the first tick of a new start ${how}`, () => engine.queries.stats().tick > tick);
  return viewsOf(engine);
}

/** Each field of `is`. */
function requireSame(
  what: string,
  account: string,
  was: Record<string, unknown>,
  is: Record<string, unknown>,
): void {
  for (const field of Object.keys(is)) {
    const [a, b] = [shown(was[field]), shown(is[field])];
    if (a !== b) fail(`${what} ${field} of ${account} is ${b}, it was ${a}`);
  }
}

/** What must be the same at any time and after any start. */
function comparable(view: AccountView): Record<string, unknown> {
  const { tick: _tick, timestamp: _timestamp, stale: _stale, ...rest } = view;
  return rest;
}

/** Each refused element is in DEAD_LETTERS, and nothing else is. */
function judgeLetters({ server, expected }: World): void {
  const wanted = new Map<string, string>();
  for (const elements of expected.elements) {
    for (const { sequence, index, verdict } of elements) {
      if (!['', 'duplicate', 'waits'].includes(verdict)) wanted.set(`LEDGER.${sequence}.${index}`, verdict);
    }
  }
  for (const [id, reason] of wanted) {
    const letter = server.deadLetters.get(id);
    if (letter === undefined) fail(`${id} is ${reason}, and not in DEAD_LETTERS`);
    if (letter.reason !== reason) fail(`${id} is ${letter.reason} in DEAD_LETTERS, expected ${reason}`);
  }
  for (const id of server.deadLetters.keys()) {
    if (!wanted.has(id)) fail(`${id} is in DEAD_LETTERS without a reason`);
  }
}
