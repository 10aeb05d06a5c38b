/** Where the steps of a replay go while it runs, so that an account of any length is shown in bounded memory. */
import { limits } from '../../../config/limits.ts';
import type { AccountView } from '../../domain/account-view.ts';
import { countText } from '../format.ts';
import { note, print, printChunk } from '../output.ts';
import { elementKey } from '../rebuild/ledger-only.ts';
import { stateJson, stepJson } from './step-json.ts';
import { stateText, stepsTable } from './step-table.ts';
import type { RecordedStep, StepNames } from './step-table.ts';

export interface ReplayOutput {
  steps(steps: readonly RecordedStep[], names: StepNames): Promise<void>;
  /** null: LEDGER has events for the account, but none that opened it. */
  end(state: AccountView | null, names: StepNames): Promise<void>;
}

/** One object, its steps a line each. */
export function jsonOutput(account: string, to: number | null): ReplayOutput {
  let separator = `{\n"account_id": ${JSON.stringify(account)},\n"to": ${String(to)},\n"steps": [\n`;
  return {
    async steps(steps, names) {
      for (const step of steps) {
        await printChunk(`${separator}${JSON.stringify(stepJson(step, names))}`);
        separator = ',\n';
      }
    },
    end: (state) =>
      printChunk(`\n],\n"state": ${JSON.stringify(state === null ? null : stateJson(state), null, 2)}\n}\n`),
  };
}

/** Tables of a bounded number of rows, then the account as a page. */
export function textOutput(): ReplayOutput {
  let waiting: RecordedStep[] = [];
  let unrecorded = 0;
  const some: string[] = [];
  const show = async (names: StepNames): Promise<void> => {
    for (; waiting.length > 0; waiting = waiting.slice(limits.cliTableRowsMax)) {
      await printChunk(`${stepsTable(waiting.slice(0, limits.cliTableRowsMax), names)}\n\n`);
    }
  };
  return {
    async steps(steps, names) {
      for (const { outcome, recorded, sequence, index } of steps) {
        if (outcome !== 'applied' || recorded !== null) continue;
        unrecorded++;
        if (some.length < limits.replayUnrecordedShown) some.push(elementKey(sequence, index));
      }
      waiting.push(...steps);
      if (waiting.length >= limits.cliTableRowsMax) await show(names);
    },
    async end(state, names) {
      await show(names);
      if (state !== null) print(stateText(state, names.exponents));
      if (unrecorded === 0) return;
      const more = unrecorded > some.length ? ', ...' : '';
      note(
        `no effect is recorded in ClickHouse of ${countText(unrecorded)} steps: ${some.join(', ')}${more}`,
      );
    },
  };
}
