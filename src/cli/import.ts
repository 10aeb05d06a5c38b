/** `tidemark import`: prices, settlements, cash and trades from a CSV file. */
import type { Command } from 'commander';
import { withNats } from '../client/nats.ts';
import { choiceOption, periodOption } from './arguments.ts';
import { configOf, exitCodes, Failure, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { parseColumnNames } from './import/columns.ts';
import { openCsv } from './import/csv-rows.ts';
import { importKinds, type ImportKind } from './import/layouts.ts';
import { parseSpeed, type Speed } from './import/pace.ts';
import { showProgress } from './import/progress-bar.ts';
import { ImportReport } from './import/report.ts';
import { runImport } from './import/run-import.ts';
import { print, printJson } from './output.ts';

interface Options {
  readonly as: ImportKind;
  readonly speed: Speed;
  readonly ticks?: number;
  readonly columns?: ReadonlyMap<string, string>;
  readonly strict?: boolean;
}

const columnsHelp = `
Columns, by the names in the header (others are ignored; --columns names them otherwise):
  prices       symbol; price (or close, last), or bid and ask
  settlements  account, symbol, side, quantity, price; id, type, fee, fee_currency, fee_quantity, source, sequence
  cash         account, type, amount; id, currency, to_currency, to_amount, symbol, effective_at, notes
  trades       symbol, quantity, price, buyer, seller; id, buyer_fee, seller_fee
  the time     ts_ms (milliseconds), ts or time (ISO 8601, or a count since 1970), or date (the end of that session day)
Fees and amounts are integers of minor units (cents), as on NATS. A row without an id gets one from the file's name, its
line and its content: importing the same file again changes nothing. A bad row is told and stops nothing.`;

export function register(program: Command): void {
  const command = program
    .command('import')
    .description('Import prices, settlements, cash or trades from a CSV file.')
    .argument('<file>', 'CSV with a header, plain or gzip; - is stdin')
    .requiredOption('--as <kind>', importKinds.join(', '), choiceOption(...importKinds))
    .option(
      '--speed <factor>',
      "max, or the data's own time so many times as fast: 1x, 60x",
      parseSpeed,
      'max',
    )
    .option(
      '--ticks <period>',
      "send ticks of the data's own time at the end of each period with rows, such as 1s or 1d (the session day); for an engine with tick.source: nats",
      periodOption,
    )
    .option('--columns <list>', 'names of columns, such as symbol=Ticker,price=PX_LAST', parseColumnNames)
    .option('--strict', 'end at the first bad row')
    .addHelpText('after', columnsHelp)
    .action(async (path: string, options: Options, self: Command) => {
      const config = configOf(self);
      const file = openCsv(path);
      const stop = new AbortController();
      const interrupt = (): void => stop.abort();
      process.once('SIGINT', interrupt);
      await withNats(config, async (nats) => {
        const report = new ImportReport(Date.now());
        const bar = showProgress(file, report);
        try {
          await runImport(nats, config, planOf(options, file, stop.signal), report);
        } finally {
          bar.stop();
          process.off('SIGINT', interrupt);
          if (report.rows > 0) printReport(report, options.as, wantsJson(self));
        }
        if (report.refused > 0) process.exitCode = exitCodes.failed;
        if (stop.signal.aborted) throw new Failure(`stopped after row ${report.rows}; what was sent stays`);
      });
    });
  withExamples(
    command,
    'import closes.csv.gz --as prices --ticks 1d',
    'import trades.csv --as prices --speed 60x --columns symbol=Ticker,price=PX_LAST',
    'import settlements.csv --as settlements --json',
  );
}

function planOf(options: Options, file: ReturnType<typeof openCsv>, signal: AbortSignal) {
  return {
    file,
    kind: options.as,
    speed: options.speed,
    ticksMs: options.ticks ?? null,
    columnNames: options.columns ?? new Map<string, string>(),
    strict: options.strict === true,
    signal,
  };
}

function printReport(report: ImportReport, kind: ImportKind, asJson: boolean): void {
  if (asJson) printJson(report.json(Date.now()));
  else print(report.text(kind, Date.now()));
}
