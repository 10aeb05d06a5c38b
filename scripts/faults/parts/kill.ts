/** kill -9 of each process at random moments under load: afterwards every account and every row is as it must be. */
import { limits } from '../../../config/limits.ts';
import { killAll, type KillCount } from '../kills.ts';
import { faultPlan, loadUnderFault } from '../load-under-fault.ts';
import { instrumentsOf } from '../market.ts';
import { differenceTexts, type FaultPart } from '../part.ts';
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
      const { verdict, notes, failures } = await loadUnderFault(
        stack.installation,
        plan,
        async () => {
          const pauseMs = Math.min(limits.faultPauseMsMax, (options.seconds * 1000) / options.kills);
          counts = await killAll(stack, { times, seed: options.seed, pauseMs }, told);
        },
        told,
      );
      const { connection } = await stack.installation.nats();
      const letters = await readStream(connection, 'DEAD_LETTERS', () => undefined);
      const { lost, doubled, differing, differences, faults } = verdict;
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
          { fault: 'all of these', times: killed, recoveryMs: [], lost, doubled, differing },
        ],
        notes,
        failures: [
          ...failures,
          ...faults,
          ...(lost === 0 ? [] : [`${lost} events are lost`]),
          ...(doubled === 0 ? [] : [`${doubled} rows are doubled`]),
          ...(letters === 0 ? [] : [`${letters} good messages are in DEAD_LETTERS`]),
          ...differenceTexts(differences),
        ],
      };
    } finally {
      await stack.stop();
    }
  },
};
