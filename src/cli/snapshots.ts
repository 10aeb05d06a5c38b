/** `tidemark snapshots`: an account day by day. */
import type { Command } from 'commander';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { withStore, type StoreDoor } from '../client/store.ts';
import { rangeValues, viewOf } from '../client/view-of.ts';
import { currencyOf } from './account-currency.ts';
import { accountArgument } from './arguments.ts';
import { configOf, Failure } from './context.ts';
import { withExamples } from './examples.ts';
import { formOf, printWhole, withCsvOption, type FormOptions } from './form.ts';
import { countText, moneyText, percentText, signedMoneyText } from './format.ts';
import { chartWidth, fittingScale, lineChart } from './line-chart.ts';
import { note, print, tableText } from './output.ts';
import { rangeOf, withRangeOptions, type RangeOptions } from './time-range.ts';
import { withReadingOption, type ReadingOptions } from './reading-option.ts';

interface Options extends RangeOptions, ReadingOptions, FormOptions {
  readonly chart?: boolean;
}

/** What is shown of a day; money in minor units. */
interface Day {
  readonly session_date: string;
  readonly equity_balance: string;
  readonly daily_pnl: string;
  readonly cumulative_pnl: string;
  readonly equity_inflow: string;
  readonly equity_outflow: string;
  readonly num_positions: string;
  readonly daily_return: number | null;
  readonly twr: number | null;
}

export function register(program: Command): void {
  const command = program
    .command('snapshots')
    .description(
      'Show an account day by day: equity is the day before plus P&L plus inflow minus outflow. --csv and --json give every column, money in minor units.',
    )
    .argument('<account>', 'account id', accountArgument);
  withReadingOption(withCsvOption(withRangeOptions(command)))
    .option('--chart', 'also draw the cumulative P&L')
    .action(async (account: string, options: Options, self: Command) => {
      const form = formOf(options, self);
      const config = configOf(self);
      const values = rangeValues(account, rangeOf(options, Date.now()));
      const statement = `SELECT * FROM ${viewOf('daily_snapshots', options, values)} ORDER BY session_date`;
      await withStore(config, async (store) => {
        if (form === 'table') await printTable(store, config, account, statement, options.chart === true);
        else await printWhole(store, form, statement);
      });
    });
  withExamples(command, 'snapshots 7 --window 30d --chart', 'snapshots 7 --from 2026-01-01 --csv > days.csv');
}

async function printTable(
  store: StoreDoor,
  config: Config,
  account: string,
  statement: string,
  draws: boolean,
): Promise<void> {
  const days = await store.rows<Day>(statement);
  if (days.length === 0) throw new Failure(`account ${account} has no recorded day in that time`);
  const currency = await currencyOf(config, account);
  const money = (minor: string | number): string => moneyText(Number(minor), currency, config.currencies);
  const signed = (minor: string): string => signedMoneyText(Number(minor), currency, config.currencies);
  if (draws) print(`${pnlChart(days, money)}\n`);
  const shown = days.slice(-limits.cliHistoryRowsShown);
  const right = (head: string) => ({ head, align: 'right' as const });
  const heads = [
    `equity ${currency}`,
    'P&L',
    'inflow',
    'outflow',
    'cumulative P&L',
    'positions',
    'return',
    'TWR',
  ];
  print(
    tableText(
      [{ head: 'day' }, ...heads.map(right)],
      shown.map((day) => [
        day.session_date,
        money(day.equity_balance),
        signed(day.daily_pnl),
        money(day.equity_inflow),
        money(day.equity_outflow),
        signed(day.cumulative_pnl),
        countText(Number(day.num_positions)),
        percentText(day.daily_return),
        percentText(day.twr),
      ]),
    ),
  );
  if (days.length > shown.length)
    note(`the last ${countText(shown.length)} of ${countText(days.length)} days; --csv gives all`);
}

/** As many days as fit, the last of each stretch. */
function pnlChart(days: readonly Day[], money: (minor: number) => string): string {
  const step = Math.ceil(days.length / chartWidth(process.stdout.columns, 22));
  const drawn = days.filter((_, i) => (days.length - 1 - i) % step === 0);
  const values = drawn.map((day) => Number(day.cumulative_pnl));
  const time = (day: Day | undefined): number => Date.parse(day?.session_date ?? '');
  return lineChart({ from: time(drawn[0]), to: time(drawn.at(-1)), values }, fittingScale(values, money));
}
