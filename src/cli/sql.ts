/** `tidemark sql`: a statement for ClickHouse, its answer as a table or as JSON. */
import type { Command } from 'commander';
import { limits } from '../../config/limits.ts';
import { withStore, type Answer, type StoreDoor } from '../client/store.ts';
import { configOf, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { countText } from './format.ts';
import { note, print, printChunk, tableText, type Column } from './output.ts';

interface Options {
  readonly write?: boolean;
}

const tableFormat = 'JSONCompactEachRowWithNamesAndTypes';
const rowFormat = 'JSONEachRow';

export function register(program: Command): void {
  const command = program
    .command('sql')
    .description(
      'Run a SQL statement; with --json as an array of row objects, 64-bit integers as strings. ' +
        'Without --write the connection is read-only.',
    )
    .argument('<statement>', 'SQL for ClickHouse')
    .option('--write', 'let the statement change something')
    .action(async (statement: string, options: Options, self: Command) => {
      const json = wantsJson(self);
      await withStore(configOf(self), (store) => run(store, statement, options.write === true, json));
    });
  withExamples(
    command,
    'sql "SELECT account_id, min(drawdown) FROM equity_curve GROUP BY 1 ORDER BY 2 LIMIT 10"',
    `sql "SELECT * FROM drawdown_episodes(account_id = '7', from = '2026-01-01', to = '2027-01-01', min_depth = 0.01)"`,
  );
}

async function run(store: StoreDoor, statement: string, writes: boolean, json: boolean): Promise<void> {
  const format = json ? rowFormat : tableFormat;
  const answer = await store.run(statement, { format, writes });
  // The statement's own FORMAT clause is an answer to be passed on as it is.
  if (answer.format !== format) await printLines(answer.lines);
  else if (json) await printRows(answer.lines);
  else await printTable(answer);
}

export async function printLines(lines: AsyncIterable<readonly string[]>): Promise<void> {
  for await (const some of lines) await printChunk(`${some.join('\n')}\n`);
}

/** Rows that are JSON objects already, as the elements of one array. */
export async function printRows(lines: AsyncIterable<readonly string[]>): Promise<void> {
  let separator = '[\n';
  for await (const some of lines) {
    await printChunk(`${separator}${some.join(',\n')}`);
    separator = ',\n';
  }
  await printChunk(separator === '[\n' ? '[]\n' : '\n]\n');
}

async function printTable({ lines }: Answer): Promise<void> {
  const head: string[][] = [];
  const rows: string[][] = [];
  let more = false;
  reading: for await (const some of lines) {
    for (const line of some) {
      const cells = (JSON.parse(line) as unknown[]).map(cellText);
      if (head.length < 2) head.push(cells);
      else if (rows.length < limits.cliTableRowsMax) rows.push(cells);
      else {
        more = true;
        break reading;
      }
    }
  }
  const [names, types = []] = head;
  if (names === undefined) return;
  const columns = names.map((name, i): Column => ({
    head: name,
    align: isNumber(types[i] ?? '') ? 'right' : 'left',
  }));
  print(tableText(columns, rows));
  if (more) note(`the first ${countText(limits.cliTableRowsMax)} rows; --json gives all`);
}

function isNumber(type: string): boolean {
  return /^(Nullable\(|LowCardinality\()*(U?Int|Float|Decimal|BFloat)/.test(type);
}

function cellText(value: unknown): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
