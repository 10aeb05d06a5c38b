/** Two engines: one is killed, or cut off and back; the other takes its partition over, and nobody is told twice. */
import { limits } from '../../../config/limits.ts';
import type { NatsConnection } from 'nats';
import { until } from '../../../test/support/until.ts';
import { HandStack } from '../hand-stack.ts';
import {
  faultPlan,
  loadUnderFault,
  outcomeFailures,
  outcomeRow,
  type LoadOutcome,
} from '../load-under-fault.ts';
import { instrumentsOf } from '../market.ts';
import type { FaultOptions, FaultPart } from '../part.ts';
import { readStream } from '../read-stream.ts';

/** What the owner of a partition writes, with its epoch in a header. */
const ownedStreams = ['KV_ACCOUNTS', 'FRAMES', 'EFFECTS'] as const;
const epochHeader = 'Tidemark-Epoch';
/** The owner is killed once for so many kills of part `kill`. */
const killsShare = 4;

export const standby: FaultPart = {
  name: 'standby',
  what: 'two engines, kill -9 of the owner: the other one is live',
  async run(options, told) {
    const kills = Math.max(1, Math.floor(options.kills / killsShare));
    const recoveryMs: number[] = [];
    const outcome = await withEngines(options, told, async (stack) => {
      let owner = await stack.engine();
      return async () => {
        for (let i = 0; i < kills; i++) {
          const next = await stack.standby();
          const startedAt = performance.now();
          owner.process.kill('SIGKILL');
          await stack.installation.untilLive([owner.process.pid ?? 0]);
          const tookMs = performance.now() - startedAt;
          recoveryMs.push(tookMs);
          told(`the standby is live after ${Math.round(tookMs)} ms`);
          owner = next;
        }
      };
    });
    return {
      rows: [outcomeRow('kill -9 of the owner', kills, recoveryMs, outcome)],
      notes: outcome.notes,
      failures: [...lateTakeovers(options, recoveryMs), ...outcomeFailures(outcome)],
    };
  },
};

export const sigstop: FaultPart = {
  name: 'sigstop',
  what: 'an engine stopped by SIGSTOP, replaced and resumed ends by itself, and writes nothing any more',
  async run(options, told) {
    const recoveryMs: number[] = [];
    const failures: string[] = [];
    const outcome = await withEngines(options, told, async (stack) => {
      const cutOff = await stack.engine();
      await stack.standby();
      return async () => {
        const { connection } = await stack.installation.nats();
        const startedAt = performance.now();
        cutOff.process.kill('SIGSTOP');
        await stack.installation.untilLive([cutOff.process.pid ?? 0]);
        recoveryMs.push(performance.now() - startedAt);
        const taken = await Promise.all(ownedStreams.map((stream) => lastOf(connection, stream)));
        cutOff.process.kill('SIGCONT');
        const code = await endOf(cutOff.ended);
        if (code === 'runs on') failures.push('the resumed engine runs on');
        else told(`the resumed engine ended by itself, with exit code ${String(code)}`);
        await untilAllWritten(connection, taken);
        failures.push(...(await lowerEpochs(connection, taken)));
      };
    });
    return {
      rows: [outcomeRow('SIGSTOP, taken over, SIGCONT', 1, recoveryMs, outcome)],
      notes: outcome.notes,
      failures: [...failures, ...lateTakeovers(options, recoveryMs), ...outcomeFailures(outcome)],
    };
  },
};

/** `prepare` starts the engines, and answers what is done to them under load. */
async function withEngines(
  options: FaultOptions,
  told: (text: string) => void,
  prepare: (stack: HandStack) => Promise<() => Promise<void>>,
): Promise<LoadOutcome> {
  const plan = faultPlan(options);
  const stack = await HandStack.start({
    withStore: true,
    configuration: { instruments: instrumentsOf(plan) },
  });
  try {
    const fault = await prepare(stack);
    return await loadUnderFault(stack.installation, plan, fault, told);
  } finally {
    await stack.stop();
  }
}

function lateTakeovers({ judgesTime }: FaultOptions, recoveryMs: readonly number[]): string[] {
  if (!judgesTime) return [];
  return recoveryMs
    .filter((ms) => ms > limits.faultTakeoverMsMax)
    .map((ms) => `a takeover took ${Math.round(ms)} ms, more than ${limits.faultTakeoverMsMax}`);
}

async function lastOf(nats: NatsConnection, stream: string): Promise<number> {
  return (await (await nats.jetstreamManager()).streams.info(stream)).state.last_seq;
}

async function endOf(ended: Promise<number | null>): Promise<number | null | 'runs on'> {
  const end: { code?: number | null } = {};
  void ended.then((code) => (end.code = code));
  try {
    await until(() => 'code' in end, { what: 'the engine to end', timeoutMs: limits.childStopMsMax });
    return end.code ?? null;
  } catch {
    return 'runs on';
  }
}

/** Resolves when each of the streams has something newer: the new owner has written to all of them. */
async function untilAllWritten(nats: NatsConnection, taken: readonly number[]): Promise<void> {
  await until(
    async () => {
      const now = await Promise.all(ownedStreams.map((stream) => lastOf(nats, stream)));
      return now.every((last, i) => last > (taken[i] ?? 0));
    },
    { what: 'the new owner to write to every stream', timeoutMs: limits.faultSettleMsMax },
  );
}

/** Messages behind the takeover of an epoch below the new owner's, which is the largest there is. */
async function lowerEpochs(nats: NatsConnection, taken: readonly number[]): Promise<string[]> {
  const epochs = await Promise.all(
    ownedStreams.map(async (stream, i) => {
      const found: number[] = [];
      await readStream(nats, stream, ({ seq, headers }) => {
        const epoch = headers?.get(epochHeader) ?? '';
        if (seq > (taken[i] ?? 0) && epoch !== '') found.push(Number(epoch));
      });
      return found;
    }),
  );
  const owner = Math.max(...epochs.flat());
  return ownedStreams.flatMap((stream, i) => {
    const found = epochs[i] ?? [];
    const lower = found.filter((epoch) => epoch < owner).length;
    if (found.length === 0) return [`no message of ${stream} after the takeover names its owner's epoch`];
    return lower === 0 ? [] : [`${lower} messages of ${stream} after the takeover are of a former owner`];
  });
}
