/** `tidemark history`: the curve of an account, row by row. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { withStore, type StoreDoor } from '../client/store.ts';
import { rangeValues, viewOf } from '../client/view-of.ts';
import { currencyOf } from './account-currency.ts';
import { accountArgument } from './arguments.ts';
import { configOf, Failure } from './context.ts';
import { withExamples } from './examples.ts';
import { formOf, printWhole, withCsvOption, type FormOptions } from './form.ts';
import { countText, moneyText, percentText, ratioText, sqlTimeText } from './format.ts';
import { chartWidth, fittingScale, lineChart } from './line-chart.ts';
import { note, print, tableText } from './output.ts';
import { stretchesOf } from './stretches.ts';
import { rangeOf, withRangeOptions, type RangeOptions } from './time-range.ts';
import { withReadingOption, type ReadingOptions } from './reading-option.ts';

interface Options extends RangeOptions, ReadingOptions, FormOptions {
  readonly points?: number;
  readonly chart?: boolean;
}

interface CurveRow {
  readonly ts: string;
  readonly total_equity: string;
  readonly cash_balance: string;
  readonly position_value: string;
  readonly net_flow: string;
  readonly nav: number | null;
  readonly drawdown: number | null;
}

export function register(program: Command): void {
  const command = program
    .command('history')
    .description(
      "Show an account's curve. --csv and --json give every row and column, money in minor units; with --points so many rows that shape it.",
    )
    .argument('<account>', 'account id', accountArgument);
  withReadingOption(withCsvOption(withRangeOptions(command)))
    .option('--points <n>', 'at most so many rows, chosen so that the curve keeps its shape', pointsOption)
    .option('--chart', 'also draw the equity')
    .action(async (account: string, options: Options, self: Command) => {
      const form = formOf(options, self);
      const config = configOf(self);
      const values = rangeValues(account, rangeOf(options, Date.now()));
      await withStore(config, async (store) => {
        if (form === 'table') await printTable(store, config, account, options, values);
        else if (options.points !== undefined)
          await printWhole(store, form, shapeOf(options, values, options.points));
        else
          await printWhole(
            store,
            form,
            `SELECT * FROM ${viewOf('curve', options, values)} ORDER BY ts, tick`,
          );
      });
    });
  withExamples(command, 'history 7 --window 1d --chart', 'history 7 --from 2026-01-01 --csv > curve.csv');
}

/** The ends and the extremes are four. */
function pointsOption(text: string): number {
  const points = Number(text);
  if (!/^\d+$/.test(text) || points < 4 || points > limits.cliHistoryPointsMax) {
    throw new InvalidArgumentError(`Allowed: an integer from 4 to ${limits.cliHistoryPointsMax}.`);
  }
  return points;
}

function shapeOf(options: Options, values: Readonly<Record<string, string>>, points: number): string {
  return `SELECT * FROM ${viewOf('equity_history', options, { ...values, points })} ORDER BY ts`;
}

async function printTable(
  store: StoreDoor,
  config: Config,
  account: string,
  options: Options,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const points = Math.min(options.points ?? limits.cliHistoryRowsShown, limits.cliTableRowsMax);
  const rows = await store.rows<CurveRow>(shapeOf(options, values, points));
  if (rows.length === 0) throw new Failure(`account ${account} has no recorded curve in that time`);
  const currency = await currencyOf(config, account);
  const money = (minor: string | number): string => moneyText(Number(minor), currency, config.currencies);
  const curve = viewOf('curve', options, values);
  if (options.chart === true) {
    const closing = 'argMax(total_equity, ts)';
    const equity = await stretchesOf(store, curve, closing, closing, chartWidth(process.stdout.columns, 22));
    if (equity !== null) print(`${lineChart(equity, fittingScale(equity.values, money))}\n`);
  }
  const right = (head: string) => ({ head, align: 'right' as const });
  print(
    tableText(
      [
        { head: 'time' },
        ...[`equity ${currency}`, 'cash', 'positions', 'net flow', 'nav', 'drawdown'].map(right),
      ],
      rows.map((row) => [
        sqlTimeText(row.ts),
        money(row.total_equity),
        money(row.cash_balance),
        money(row.position_value),
        money(row.net_flow),
        ratioText(row.nav),
        percentText(row.drawdown),
      ]),
    ),
  );
  const [all] = await store.rows<{ rows: string }>(`SELECT count() AS rows FROM ${curve}`);
  const total = Number(all?.rows ?? rows.length);
  if (total > rows.length) note(`${countText(rows.length)} of ${countText(total)} rows; --csv gives all`);
}
