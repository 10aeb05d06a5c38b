/**
 * Where a command's answer goes: stdout, as text, as JSON or as a table, never faster than its reader takes it.
 * Knows no figure and no command.
 */
import { once } from 'node:events';
import Table from 'cli-table3';

let guarded = false;

/** `tidemark history 7 | head` closes the pipe early: that is the reader's right, not a failure. */
function guardPipe(): void {
  if (guarded) return;
  guarded = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // Nobody reads what the rest of the command would write.
    process.exit(0);
  });
}

export function print(text: string): void {
  guardPipe();
  process.stdout.write(`${text}\n`);
}

/** For answers of any length: resolves when the reader has room for more. */
export async function printChunk(text: string): Promise<void> {
  guardPipe();
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** What a person should know beside the answer. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
}

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Columns under their heads, numbers to the right. */
export function tableText(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push([...row]);
  const lines = table.toString().split('\n');
  const width = Math.max(...lines.map((line) => line.length));
  return [lines[0] ?? '', '-'.repeat(width), ...lines.slice(1)].map((line) => line.trimEnd()).join('\n');
}

/** Labels and figures in two columns, figures to the right. */
export function pairsText(pairs: readonly (readonly [string, string])[]): string {
  const label = Math.max(...pairs.map(([name]) => name.length));
  const figure = Math.max(...pairs.map(([, value]) => value.length));
  return pairs.map(([name, value]) => `${name.padEnd(label)}  ${value.padStart(figure)}`).join('\n');
}
