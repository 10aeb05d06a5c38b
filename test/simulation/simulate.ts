/**
 * One simulation, from a seed: a world is run under faults until its ledger is as long as wanted, then left in peace,
 * and everything that it left behind is judged. The same seed and number of events give the same run.
 *
 * What is checked, and how, although prices move between a crash and the next start:
 * - what follows from LEDGER alone (verdicts, quantities, costs, cash, realized) against the oracle's fold of it;
 * - what an event booked in base against the marks that its engine had at its last tick, at the moment at which it is
 *   valued; from then on against what the effect log recorded, wherever it is said again;
 * - equity against the oracle's books at the marks of the engine that says it;
 * - the performance between two crashes, which nobody can compute, by what must hold: units follow from flows, nav is
 *   equity over units, a peak is never below what is durable of the curve;
 * - the state at the end against two engines that start anew, from the changelog and from the whole ledger.
 */
import type { Config } from '../../config/load.ts';
import { loadConfig } from '../../config/load.ts';
import { Random } from '../../src/random.ts';
import { letFaultsHappen } from './faults.ts';
import { judge } from './final-judgement.ts';
import { installVirtualTimers } from './virtual-timers.ts';
import type { Trace } from './world.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Messages of LEDGER that are sent, beside those that are sent twice. */
  readonly events: number;
  readonly trace?: Trace;
}

export interface SimulationReport {
  readonly steps: number;
  readonly ledger: number;
  readonly emissions: number;
  /** Accounts of which the new day's opening was checked. */
  readonly daysOpened: number;
  readonly engines: number;
  readonly virtualMs: number;
}

let config: Config | null = null;

/** Rejects with what was found. */
export async function simulate({ seed, events, trace }: SimulationOptions): Promise<SimulationReport> {
  config ??= loadConfig({ env: {} });
  const world = new World(seed, config, trace ?? (() => undefined));
  const uninstall = installVirtualTimers(world.scheduler);
  try {
    world.startEngine();
    world.startSink();
    const endFaults = letFaultsHappen(world, new Random(seed, 6));
    await work(world, events);
    endFaults();
    await judge(world);
    return world.report();
  } finally {
    uninstall();
  }
}

/** Back ends send their events, feeds their prices. */
async function work(world: World, events: number): Promise<void> {
  const { random, scheduler, workload } = world;
  const gapMs = random.pick([3, 8, 20]);
  const priceGapMs = random.pick([2, 8, 30]);
  let left = events;
  const sendNext = (): void => {
    if (left-- <= 0) return;
    world.send(workload.message());
    scheduler.after(-Math.log(1 - random.next()) * gapMs, sendNext);
  };
  const priceNext = (): void => {
    if (left <= 0) return;
    if (random.chance(0.02)) workload.wakeMarkets();
    world.publishPrice();
    scheduler.after(-Math.log(1 - random.next()) * priceGapMs, priceNext);
  };
  sendNext();
  priceNext();
  await world.runUntil(() => left <= 0, Infinity);
}
