/** `tidemark export`: a table or an account's corrected history as a file, in CSV or Parquet. */
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Argument, type Command } from 'commander';
import { withStore, type StoreDoor } from '../client/store.ts';
import { rangeValues, sqlTime, viewOf } from '../client/view-of.ts';
import { accountArgument, choiceOption } from './arguments.ts';
import { configOf, Failure, UsageError, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { printLines } from './sql.ts';
import { note, printJson } from './output.ts';
import { rangeOf, withRangeOptions, type RangeOptions } from './time-range.ts';
import { withReadingOption, type ReadingOptions } from './reading-option.ts';

const formats = ['csv', 'parquet'] as const;
type Format = (typeof formats)[number];

interface Options extends RangeOptions, ReadingOptions {
  readonly account?: string;
  readonly format?: Format;
  readonly output?: string;
}

/** Views take an account; of tables the column of time, and whether they have one of accounts. */
const views = ['curve', 'daily_snapshots'];
const tables: Readonly<Record<string, { readonly time: string; readonly hasAccounts: boolean }>> = {
  equity_curve: { time: 'ts', hasAccounts: true },
  equity_1m: { time: 'ts', hasAccounts: true },
  equity_1h: { time: 'ts', hasAccounts: true },
  equity_1d: { time: 'session_date', hasAccounts: true },
  settlements: { time: 'ts', hasAccounts: true },
  cash_flows: { time: 'ts', hasAccounts: true },
  position_changes: { time: 'ts', hasAccounts: true },
  effects: { time: 'ts', hasAccounts: true },
  prices: { time: 'ts', hasAccounts: false },
};

export function register(program: Command): void {
  const command = program
    .command('export')
    .description(
      'Write history into a file: an account as corrected (curve, daily_snapshots) or any table as recorded, money in minor units.',
    )
    .addArgument(new Argument('<what>', 'what to export').choices([...views, ...Object.keys(tables)]))
    .option('--account <account>', 'of this account only', accountArgument)
    .option(
      '--format <format>',
      'csv or parquet (default: as --output ends, or csv)',
      choiceOption(...formats),
    )
    .option('--output <file>', 'the file to write (default: CSV to the terminal)');
  withReadingOption(withRangeOptions(command)).action(
    async (what: string, options: Options, self: Command) => {
      const format = formatOf(options);
      const statement = statementOf(what, options);
      await withStore(configOf(self), async (store) => {
        if (options.output === undefined) {
          const { lines } = await store.run(statement, { format: 'CSVWithNames' });
          await printLines(lines);
          return;
        }
        const bytes = await write(store, statement, format, options.output);
        if (wantsJson(self)) printJson({ file: options.output, format, bytes });
        else note(`${options.output}: ${bytes} bytes`);
      });
    },
  );
  withExamples(
    command,
    'export curve --account 7 --output curve.parquet',
    'export settlements --from 2026-01-01 --to 2026-02-01 --output january.csv',
  );
}

function formatOf({ format, output }: Options): Format {
  const chosen = format ?? (output?.endsWith('.parquet') === true ? 'parquet' : 'csv');
  if (chosen === 'parquet' && output === undefined)
    throw new UsageError('Parquet needs a file: give --output');
  return chosen;
}

function statementOf(what: string, options: Options): string {
  const range = rangeOf(options, Date.now());
  const { account } = options;
  const table = tables[what];
  if (table === undefined) {
    if (account === undefined) throw new UsageError(`${what} is of one account: give --account`);
    const time = what === 'curve' ? 'ts, tick' : 'session_date';
    return `SELECT * FROM ${viewOf(what, options, rangeValues(account, range))} ORDER BY ${time}`;
  }
  if (options.asRecorded === true) throw new UsageError(`${what} is as recorded by itself`);
  if (account !== undefined && !table.hasAccounts) throw new UsageError(`${what} has no accounts`);
  const { time } = table;
  const bound = (ms: number): string =>
    time === 'ts' ? `toDateTime64('${sqlTime(ms)}', 3, 'UTC')` : `toDate32('${sqlTime(ms).slice(0, 10)}')`;
  const ofAccount = account === undefined ? '' : ` AND account_id = '${account}'`;
  return `SELECT * FROM ${what} WHERE ${time} >= ${bound(range.from)} AND ${time} < ${bound(range.to)}${ofAccount}`;
}

/** Under another name until it is whole: a file that is there is complete. Gives its length in bytes. */
async function write(store: StoreDoor, statement: string, format: Format, file: string): Promise<number> {
  const unfinished = `${file}.unfinished`;
  try {
    await pipeline(await chunksOf(store, statement, format), createWriteStream(unfinished));
    const bytes = await lengthOf(unfinished, format);
    await rename(unfinished, file);
    return bytes;
  } catch (error) {
    await rm(unfinished, { force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined || error instanceof Failure) throw error;
    throw new Failure(`${file} cannot be written: ${code}`);
  }
}

async function chunksOf(store: StoreDoor, statement: string, format: Format): Promise<Readable> {
  if (format === 'parquet') return store.bytes(statement, 'Parquet');
  const { lines } = await store.run(statement, { format: 'CSVWithNames' });
  return Readable.from(
    (async function* () {
      for await (const some of lines) yield `${some.join('\n')}\n`;
    })(),
  );
}

/** A Parquet file ends with its own name: one that broke off does not. */
async function lengthOf(file: string, format: Format): Promise<number> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (format === 'parquet') {
      const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 4));
      if (buffer.toString('latin1') !== 'PAR1')
        throw new Failure('ClickHouse broke off: the file is not whole');
    }
    return size;
  } finally {
    await handle.close();
  }
}
