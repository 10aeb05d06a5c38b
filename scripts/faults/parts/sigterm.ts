/** SIGTERM under load: everything drains and ends with exit code 0 in time, and what comes after begins where it was. */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../../config/limits.ts';
import type { LoadPlan } from '../../../src/load/plan.ts';
import type { Tidemark } from '../../../test/support/tidemark.ts';
import { HandStack } from '../hand-stack.ts';
import type { Installation } from '../installation.ts';
import { faultPlan, loadUnderFault, outcomeFailures, outcomeRow } from '../load-under-fault.ts';
import { instrumentsOf } from '../market.ts';
import type { FaultOptions, FaultPart, FaultReport } from '../part.ts';
import { UpStack } from '../up-stack.ts';

type Told = (text: string) => void;

export const sigterm: FaultPart = {
  name: 'sigterm',
  what: 'SIGTERM of up, and of an engine alone, under load: exit code 0 within 10 s, nothing half applied',
  async run(options, told) {
    const reports = [await ofUp(options, told), await ofEngine(options, told)];
    return {
      rows: reports.flatMap(({ rows }) => rows),
      notes: reports.flatMap(({ notes }) => notes),
      failures: reports.flatMap(({ failures }) => failures),
    };
  },
};

async function ofUp(options: FaultOptions, told: Told): Promise<FaultReport> {
  const plan = faultPlan(options);
  const stack = await UpStack.start({ instruments: instrumentsOf(plan) });
  try {
    return await terminated('up', plan, options, stack.installation, told, async () => {
      const end = await terminate(stack.process);
      await stack.startAgain();
      return end;
    });
  } finally {
    await stack.stop();
  }
}

async function ofEngine(options: FaultOptions, told: Told): Promise<FaultReport> {
  const plan = faultPlan(options);
  const stack = await HandStack.start({
    withStore: true,
    configuration: { instruments: instrumentsOf(plan) },
  });
  try {
    const engine = await stack.engine();
    return await terminated('the engine', plan, options, stack.installation, told, async () => {
      const end = await terminate(engine);
      await stack.engine();
      return end;
    });
  } finally {
    await stack.stop();
  }
}

interface End {
  readonly code: number | null;
  readonly ms: number;
  readonly lastWords: string;
}

async function terminate(of: Tidemark): Promise<End> {
  const startedAt = performance.now();
  of.process.kill('SIGTERM');
  const code = await of.ended;
  return { code, ms: performance.now() - startedAt, lastWords: of.stderr().slice(-500) };
}

/** In the middle of the load, which then goes on. */
async function terminated(
  what: string,
  plan: LoadPlan,
  { judgesTime }: FaultOptions,
  installation: Installation,
  told: Told,
  end: () => Promise<End>,
): Promise<FaultReport> {
  const ends: End[] = [];
  const recoveryMs: number[] = [];
  const outcome = await loadUnderFault(
    installation,
    plan,
    async () => {
      await sleep((plan.seconds * 1000) / 2);
      const startedAt = performance.now();
      ends.push(await end());
      await installation.untilLive();
      recoveryMs.push(performance.now() - startedAt);
    },
    told,
  );
  return {
    rows: [outcomeRow(`SIGTERM of ${what}`, ends.length, recoveryMs, outcome)],
    notes: [
      ...ends.map(({ code, ms }) => `${what} ended with exit code ${code} after ${Math.round(ms)} ms`),
      ...outcome.notes,
    ],
    failures: [
      ...ends.flatMap(({ code, ms, lastWords }) => [
        ...(code === 0 ? [] : [`${what} ended with exit code ${code}: ${lastWords}`]),
        ...(judgesTime && ms > limits.childStopMsMax ? [`${what} took ${Math.round(ms)} ms to end`] : []),
      ]),
      ...outcomeFailures(outcome),
    ],
  };
}
