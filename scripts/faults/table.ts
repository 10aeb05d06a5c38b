/** What the fault tests print at the end: one line a fault. */
import Table from 'cli-table3';
import type { FaultRow } from './part.ts';

const head = ['fault', 'times', 'recovery p50 ms', 'max ms', 'lost', 'doubled', 'accounts that differ'];
const uncounted = '-';

export function faultTable(rows: readonly FaultRow[]): string {
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
  });
  for (const { fault, times, recoveryMs, lost, doubled, differing } of rows) {
    const sorted = [...recoveryMs].sort((a, b) => a - b);
    table.push([
      fault,
      times,
      msText(sorted[Math.floor((sorted.length - 1) / 2)]),
      msText(sorted.at(-1)),
      lost ?? uncounted,
      doubled ?? uncounted,
      differing ?? uncounted,
    ]);
  }
  return table.toString();
}

function msText(ms: number | undefined): string {
  return ms === undefined ? uncounted : Math.round(ms).toLocaleString('en');
}
