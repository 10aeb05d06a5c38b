/** The figures as text: a table for the terminal, a page for docs/. */
import { tableText } from '../../src/cli/output.ts';
import type { BenchRow } from './row.ts';

const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });

function cells({ part, measure, value, unit, ceiling, ratio, target }: BenchRow): string[] {
  const shown = (x: number | undefined): string => (x === undefined ? '' : number.format(x));
  return [
    part,
    measure,
    Number.isFinite(value) ? `${shown(value)} ${unit}` : unit,
    shown(ceiling),
    shown(ratio),
    target ?? '',
  ];
}

const heads = ['part', 'measure', 'value', 'ceiling', 'ratio', 'target'];

export function rowsTable(rows: readonly BenchRow[]): string {
  const columns = heads.map((head) => {
    return {
      head,
      align: ['value', 'ceiling', 'ratio'].includes(head) ? ('right' as const) : ('left' as const),
    };
  });
  return tableText(columns, rows.map(cells));
}

export function benchmarksDocument(machine: string, rows: readonly BenchRow[]): string {
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return `# Benchmarks

Written by \`npm run bench -- --write\`; not by hand. Measured on ${machine}.

The machine is shared and noisy, so what counts is the ratio: each is taken in one run, in alternating rounds, against a
ceiling or a peer that does the same work beside it. Absolute figures are for information. Each part runs alone too:
\`npm run bench -- ledger\`.

${line(heads)}
| --- | --- | ---: | ---: | ---: | --- |
${rows.map((row) => line(cells(row))).join('\n')}
`;
}
