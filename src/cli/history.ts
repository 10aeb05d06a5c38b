/** `tidemark history`: the recorded curve of an account, row by row. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { inspect } from './account-reply.ts';
import { accountArgument } from './arguments.ts';
import { configOf, Failure, UsageError, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { countText, moneyText, percentText, ratioText, signedMoneyText, sqlTimeText } from './format.ts';
import { withNats } from './nats.ts';
import { note, print, tableText } from './output.ts';
import { printLines, printRows } from './sql.ts';
import { withStore, type StoreDoor } from './store.ts';
import { rangeOf, sqlTime, withRangeOptions, type RangeOptions } from './time-range.ts';

interface Options extends RangeOptions {
  readonly csv?: boolean;
  readonly points?: number;
}

interface CurveRow {
  readonly ts: string;
  readonly total_equity: string;
  readonly cash_balance: string;
  readonly position_value: string;
  readonly net_flow: string;
  readonly day_change: string;
  readonly nav: number | null;
  readonly drawdown: number | null;
}

export function register(program: Command): void {
  const command = program
    .command('history')
    .description(
      "Show an account's recorded curve. --csv and --json give every column of the table equity_curve, money in minor units.",
    )
    .argument('<account>', 'account id', accountArgument);
  withRangeOptions(command)
    .option('--csv', 'answer in CSV')
    .option('--points <n>', 'at most so many rows, chosen so that the curve keeps its shape', pointsOption)
    .action(async (account: string, options: Options, self: Command) => {
      const json = wantsJson(self);
      if (json && options.csv === true) throw new UsageError('give --csv or --json, not both');
      const config = configOf(self);
      await withStore(config, async (store) => {
        if (options.csv === true) await printCsv(store, account, options);
        else if (json) await printJsonRows(store, account, options);
        else await printTable(store, config, account, options);
      });
    });
  withExamples(command, 'history 7 --window 1d', 'history 7 --from 2026-01-01 --csv > curve.csv');
}

/** The ends and the extremes are four. */
function pointsOption(text: string): number {
  const points = Number(text);
  if (!/^\d+$/.test(text) || points < 4 || points > limits.cliHistoryPointsMax) {
    throw new InvalidArgumentError(`Allowed: an integer from 4 to ${limits.cliHistoryPointsMax}.`);
  }
  return points;
}

async function printCsv(store: StoreDoor, account: string, options: Options): Promise<void> {
  const { lines } = await store.run(...statement(account, options, options.points, 'CSVWithNames'));
  await printLines(lines);
}

async function printJsonRows(store: StoreDoor, account: string, options: Options): Promise<void> {
  const { lines } = await store.run(...statement(account, options, options.points, 'JSONEachRow'));
  await printRows(lines);
}

async function printTable(
  store: StoreDoor,
  config: Config,
  account: string,
  options: Options,
): Promise<void> {
  const points = Math.min(options.points ?? limits.cliHistoryRowsShown, limits.cliTableRowsMax);
  const [query, { parameters }] = statement(account, options, points, 'JSONEachRow');
  const rows = await store.rows<CurveRow>(query, parameters);
  if (rows.length === 0) throw new Failure(`account ${account} has no recorded curve in that time`);
  const currency = await currencyOf(config, account);
  const money = (minor: string): string => moneyText(Number(minor), currency, config.currencies);
  const right = (head: string) => ({ head, align: 'right' as const });
  print(
    tableText(
      [
        { head: 'time' },
        ...[`equity ${currency}`, 'cash', 'positions', 'net flow', 'day change', 'nav', 'drawdown'].map(
          right,
        ),
      ],
      rows.map((row) => [
        sqlTimeText(row.ts),
        money(row.total_equity),
        money(row.cash_balance),
        money(row.position_value),
        money(row.net_flow),
        signedMoneyText(Number(row.day_change), currency, config.currencies),
        ratioText(row.nav),
        percentText(row.drawdown),
      ]),
    ),
  );
  const [all] = await store.rows<{ rows: string }>(
    `SELECT count() AS rows FROM equity_curve WHERE ${where}`,
    parameters,
  );
  const total = Number(all?.rows ?? rows.length);
  if (total > rows.length) note(`${countText(rows.length)} of ${countText(total)} rows; --csv gives all`);
}

const where = `account_id = {account:String}
  AND ts >= parseDateTime64BestEffort({from:String}, 3, 'UTC') AND ts < parseDateTime64BestEffort({to:String}, 3, 'UTC')`;

function statement(
  account: string,
  options: Options,
  points: number | undefined,
  format: string,
): [string, { format: string; parameters: Record<string, unknown> }] {
  const { from, to } = rangeOf(options, Date.now());
  // Largest triangle three buckets picks rows that are there and shape the curve; the extremes are kept besides.
  const chosen =
    points === undefined
      ? ''
      : `AND ts IN (
          SELECT arrayJoin(arrayConcat(
            arrayMap(point -> point.1, largestTriangleThreeBuckets({points:UInt32})(ts, total_equity)),
            [argMin(ts, total_equity), argMax(ts, total_equity)]
          ))
          FROM equity_curve WHERE ${where}
        )`;
  const parameters = {
    account,
    from: sqlTime(from),
    to: sqlTime(to),
    ...(points === undefined ? {} : { points: points - 2 }),
  };
  return [`SELECT * FROM equity_curve WHERE ${where} ${chosen} ORDER BY ts, tick`, { format, parameters }];
}

/** The curve does not say its currency; without an engine to ask, it is taken for the default one. */
async function currencyOf(config: Config, account: string): Promise<string> {
  try {
    const found = await withNats(config, (nats) => inspect(nats, account));
    return found?.currency ?? config.accounts.base_currency;
  } catch (error) {
    if (error instanceof Failure) return config.accounts.base_currency;
    throw error;
  }
}
