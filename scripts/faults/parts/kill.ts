/** kill -9 of each process at random moments under load: afterwards every account and every row is as it must be. */
import { limits } from '../../../config/limits.ts';
import { killAll, type KillCount } from '../kills.ts';
import { faultPlan, loadUnderFault, outcomeFailures, outcomeRow } from '../load-under-fault.ts';
import { instrumentsOf } from '../market.ts';
import type { FaultPart } from '../part.ts';
import { readStream } from '../read-stream.ts';
import { UpStack } from '../up-stack.ts';

/** For each four kills of the engine the others are killed once. */
const othersShare = 4;

export const kill: FaultPart = {
  name: 'kill',
  what: 'kill -9 of engine, sink, store and nats-server at random moments under load',
  async run(options, told) {
    const plan = faultPlan(options);
    const stack = await UpStack.start({ instruments: instrumentsOf(plan) });
    try {
      const others = Math.max(1, Math.floor(options.kills / othersShare));
      const times = { engine: options.kills, sink: others, store: others, 'nats-server': others };
      let counts: KillCount[] = [];
      const outcome = await loadUnderFault(
        stack.installation,
        plan,
        async (load) => {
          const pauseMs = Math.min(limits.faultPauseMsMax, (options.seconds * 1000) / options.kills);
          const atRest = (isAtRest: boolean): void => {
            if (isAtRest) load.pause();
            else load.resume();
          };
          counts = await killAll(stack, { times, seed: options.seed, pauseMs, atRest }, told);
        },
        told,
      );
      const { connection } = await stack.installation.nats();
      const letters = await readStream(connection, 'DEAD_LETTERS', () => undefined);
      const killed = counts.reduce((sum, each) => sum + each.killed, 0);
      return {
        rows: [
          ...counts.map(({ part, killed: times, recoveryMs }) => {
            return {
              fault: `kill -9 ${part}`,
              times,
              recoveryMs,
              lost: null,
              doubled: null,
              differing: null,
            };
          }),
          outcomeRow('all of these', killed, [], outcome),
        ],
        notes: outcome.notes,
        failures: [
          ...outcomeFailures(outcome),
          ...(letters === 0 ? [] : [`${letters} good messages are in DEAD_LETTERS`]),
        ],
      };
    } finally {
      await stack.stop();
    }
  },
};
