/** The disk of the store is full under load: the engine goes on, an alert says why; with space again all rows are there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../../config/limits.ts';
import type { Alert } from '../../../src/ports.ts';
import { decodeAlert } from '../../../streams/codec/alert.ts';
import { until } from '../../../test/support/until.ts';
import type { Installation } from '../installation.ts';
import { faultPlan, loadUnderFault, outcomeFailures, outcomeRow } from '../load-under-fault.ts';
import { instrumentsOf } from '../market.ts';
import type { FaultPart } from '../part.ts';
import { readStream } from '../read-stream.ts';
import { SmallDisk } from '../small-disk.ts';
import { UpStack } from '../up-stack.ts';

const diskBytes = 1_073_741_824;
/** As fast as something else may fill a disk. */
const fillBytesAtOnce = 8_388_608;
const fillEveryMs = 50;
/** The disk is small: so is the load. */
const settlementsMax = 2_000;
const lacksSpace = /space|No space|NOT_ENOUGH|CANNOT_WRITE/i;

export const diskFull: FaultPart = {
  name: 'disk-full',
  what: 'the disk of the store is full under load, then has space again: an alert, no loss (root, or unshare -rm)',
  async run(options, told) {
    const plan = faultPlan({ ...options, settlements: Math.min(options.settlements, settlementsMax) });
    const disks: SmallDisk[] = [];
    const stack = await UpStack.start({ instruments: instrumentsOf(plan) }, ({ dataDir }) => {
      disks.push(new SmallDisk(`${dataDir}/store`, diskBytes));
    });
    try {
      const { installation } = stack;
      const notes: string[] = [];
      const failures: string[] = [];
      const recoveryMs: number[] = [];
      const outcome = await loadUnderFault(
        installation,
        plan,
        async () => {
          const [disk] = disks as [SmallDisk];
          await sleep((plan.seconds * 1000) / 4);
          const before = await installation.status();
          while (disk.fill(fillBytesAtOnce)) await sleep(fillEveryMs);
          told('the disk is full');
          const raised = await alertOf(installation, 'raised', () => void disk.fill(fillBytesAtOnce));
          const after = await installation.status();
          const events = after.ledger_sequence - before.ledger_sequence;
          notes.push(`the alert: ${raised.message}`, `the engine applied ${events} messages meanwhile`);
          if (!lacksSpace.test(raised.message))
            failures.push(`the alert does not say why: ${raised.message}`);
          if (events <= 0 || after.pid !== before.pid) failures.push('the engine did not go on');
          const startedAt = performance.now();
          disk.free();
          told('the disk has space again');
          await alertOf(installation, 'cleared', () => undefined);
          recoveryMs.push(performance.now() - startedAt);
        },
        told,
      );
      return {
        rows: [outcomeRow('disk of the store full', 1, recoveryMs, outcome)],
        notes: [...notes, ...outcome.notes],
        failures: [...failures, ...outcomeFailures(outcome)],
      };
    } finally {
      await stack.stop(() => {
        for (const disk of disks) disk.unmount();
      });
    }
  },
};

/** Resolves with the alert of rows that wait, in that state. `meanwhile` is done again and again. */
async function alertOf(
  installation: Installation,
  state: Alert['state'],
  meanwhile: () => void,
): Promise<Alert> {
  const { connection } = await installation.nats();
  return until(
    async () => {
      meanwhile();
      let found: Alert | null = null;
      await readStream(connection, 'ALERTS', ({ data }) => {
        const alert = decodeAlert(data);
        if (alert?.kind === 'rows_waiting' && alert.state === state) found = alert;
      });
      return found;
    },
    {
      what: `an alert to be ${state}`,
      timeoutMs: limits.faultRecoveryMsMax,
      pollMs: limits.faultAskMsMax,
    },
  );
}
