/**
 * kill -9 at random moments, one sequence of them for each part, all at once: also of a part that is only just coming
 * back. Owns chance and the measuring of what a recovery took; knows nothing of what is lost by it.
 *
 * `up` gives a part up that ends again and again, so after a few kills a part is left alone until `up` has forgotten
 * them: the bound is the product's, and a test that needed another one would test another product.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import { Random } from '../../src/random.ts';
import type { Part, UpStack } from './up-stack.ts';

export interface KillPlan {
  readonly times: Readonly<Record<Part, number>>;
  readonly seed: number;
  /** Between a recovery and the next kill, on average. */
  readonly pauseMs: number;
  /** Told when all parts are left alone, and when one is hunted again: what happens between the two tries nothing. */
  readonly atRest: (isAtRest: boolean) => void;
}

export interface KillCount {
  readonly part: Part;
  killed: number;
  /** From a kill to serving again; of a part killed again before that, from the first one. */
  readonly recoveryMs: number[];
}

/** A part that is killed while it comes back. */
const chanceOfTwo = 0.2;
const comingBackMsMax = 1_500;

/** Resolves when all parts have been killed as often as planned and serve again. */
export async function killAll(
  stack: UpStack,
  plan: KillPlan,
  told: (text: string) => void,
): Promise<KillCount[]> {
  const hunt = new Hunt(plan.atRest);
  const counts = Object.entries(plan.times).map(([part], i) => {
    const count: KillCount = { part: part as Part, killed: 0, recoveryMs: [] };
    const killed = killPart(stack, count, plan, hunt, new Random(plan.seed, 100 + i), told);
    return { count, ended: killed.finally(() => hunt.left()) };
  });
  await Promise.all(counts.map(({ ended }) => ended));
  plan.atRest(false);
  return counts.map(({ count }) => count);
}

/** How many parts are hunted now. */
class Hunt {
  private hunted = 0;
  private readonly atRest: (isAtRest: boolean) => void;

  constructor(atRest: (isAtRest: boolean) => void) {
    this.atRest = atRest;
  }

  taken(): void {
    if (this.hunted++ === 0) this.atRest(false);
  }

  left(): void {
    if (--this.hunted === 0) this.atRest(true);
  }
}

async function killPart(
  stack: UpStack,
  count: KillCount,
  { times, pauseMs }: KillPlan,
  hunt: Hunt,
  random: Random,
  told: (text: string) => void,
): Promise<void> {
  const { part } = count;
  const wanted = times[part];
  let inARow = 0;
  hunt.taken();
  while (count.killed < wanted) {
    await sleep(Math.min(-Math.log(1 - random.next()) * pauseMs, 4 * pauseMs));
    if (inARow >= limits.faultKillsInARowMax) {
      hunt.left();
      await sleep(limits.childSettledMs);
      hunt.taken();
      inARow = 0;
    }
    const startedAt = performance.now();
    let former = await kill(stack, part);
    count.killed++;
    inARow++;
    while (count.killed < wanted && random.chance(chanceOfTwo)) {
      await stack.untilThere(part);
      await sleep(random.integer(0, comingBackMsMax));
      former = await kill(stack, part);
      count.killed++;
      inARow++;
    }
    await stack.untilServing(part, former.pid, former.served);
    const tookMs = performance.now() - startedAt;
    count.recoveryMs.push(tookMs);
    told(`${part}: ${count.killed} of ${wanted} killed, serving again after ${Math.round(tookMs)} ms`);
  }
}

async function kill(stack: UpStack, part: Part): Promise<{ pid: number; served: number }> {
  for (;;) {
    const pid = await stack.untilThere(part);
    const served = stack.servedCount(part);
    try {
      process.kill(pid, 'SIGKILL');
      return { pid, served };
    } catch (error) {
      // It ended by itself between the look and the kill.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
