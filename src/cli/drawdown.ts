/** `tidemark drawdown`: the falls of an account from its peaks, their recoveries, and how it looks under water. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { limits } from '../../config/limits.ts';
import { withStore, type StoreDoor } from '../client/store.ts';
import { rangeValues, viewOf } from '../client/view-of.ts';
import { accountArgument, countOption } from './arguments.ts';
import { configOf } from './context.ts';
import { withExamples } from './examples.ts';
import { formOf, printWhole, withCsvOption, type FormOptions } from './form.ts';
import { durationText, percentText, sqlTimeText } from './format.ts';
import { chartWidth } from './line-chart.ts';
import { print, printJson, tableText } from './output.ts';
import { stretchesOf, type Stretches } from './stretches.ts';
import { rangeOf, withRangeOptions, type RangeOptions } from './time-range.ts';
import { underwaterChart } from './underwater-chart.ts';
import { withReadingOption, type ReadingOptions } from './reading-option.ts';

interface Options extends RangeOptions, ReadingOptions, FormOptions {
  readonly chart?: boolean;
  /** A fraction. */
  readonly minDepth: number;
  readonly limit?: number;
}

interface Episode {
  readonly peak_ts: string;
  readonly trough_ts: string;
  readonly recovery_ts: string | null;
  readonly depth: number;
  readonly decline_seconds: number;
  readonly recovery_seconds: number | null;
  readonly length_seconds: number;
}

export function register(program: Command): void {
  const command = program
    .command('drawdown')
    .description('List the drawdowns of an account, deepest first, from its curve.')
    .argument('<account>', 'account id', accountArgument);
  withReadingOption(withCsvOption(withRangeOptions(command)))
    .option('--min-depth <depth>', 'leave out what is shallower, such as 5% or 0.05', depthOption, 0)
    .option('--limit <n>', 'list at most so many, the deepest (default: 20, with --json all)', countOption)
    .option('--chart', 'also draw how far below its peak the account was')
    .action(async (account: string, options: Options, self: Command) => {
      const form = formOf(options, self);
      const values = rangeValues(account, rangeOf(options, Date.now()));
      const most = options.limit ?? (form === 'table' ? limits.cliEpisodesShown : undefined);
      const view = viewOf('drawdown_episodes', options, { ...values, min_depth: options.minDepth });
      const statement = `SELECT * FROM ${view}${most === undefined ? '' : ` LIMIT ${most}`}`;
      await withStore(configOf(self), async (store) => {
        if (form === 'csv') {
          await printWhole(store, form, statement);
          return;
        }
        const episodes = await store.rows<Episode>(statement);
        const underwater =
          options.chart === true ? await underwaterOf(store, viewOf('drawdown', options, values)) : null;
        if (form === 'json') printJson(answer(account, episodes, underwater));
        else print(page(account, episodes, underwater));
      });
    });
  withExamples(command, 'drawdown 7 --chart', 'drawdown 7 --window 30d --min-depth 1%');
}

function depthOption(text: string): number {
  const match = /^-?(\d+(?:\.\d+)?)(\s*%)?$/.exec(text);
  const depth = match === null ? NaN : Number(match[1]) / (match[2] === undefined ? 1 : 100);
  if (!(depth <= 1))
    throw new InvalidArgumentError('Allowed: a percentage such as 5%, or a fraction such as 0.05.');
  return depth;
}

/** Row by row it is as long as the curve: the worst of each stretch is drawn. */
async function underwaterOf(store: StoreDoor, drawdown: string): Promise<Stretches | null> {
  const width = chartWidth(process.stdout.columns);
  return stretchesOf(store, drawdown, 'min(drawdown)', 'argMax(drawdown, ts)', width);
}

function answer(account: string, episodes: readonly Episode[], underwater: Stretches | null): object {
  if (underwater === null) return { account_id: account, episodes };
  const { from, to, values } = underwater;
  const step = values.length > 1 ? (to - from) / values.length : 0;
  const points = values.map((drawdown, i) => ({ ts: Math.round(from + i * step), drawdown }));
  return { account_id: account, episodes, underwater: points };
}

function page(account: string, episodes: readonly Episode[], underwater: Stretches | null): string {
  const chart = underwater === null ? [] : [underwaterChart(underwater), ''];
  if (episodes.length === 0)
    return [...chart, `account ${account} has no such drawdown on record`].join('\n');
  const table = tableText(
    [
      { head: 'depth', align: 'right' },
      { head: 'peak' },
      { head: 'trough' },
      { head: 'recovery' },
      { head: 'decline', align: 'right' },
      { head: 'recovery in', align: 'right' },
      { head: 'length', align: 'right' },
    ],
    episodes.map((e) => [
      percentText(e.depth),
      sqlTimeText(e.peak_ts),
      sqlTimeText(e.trough_ts),
      e.recovery_ts === null ? 'under water' : sqlTimeText(e.recovery_ts),
      durationText(e.decline_seconds),
      durationText(e.recovery_seconds),
      durationText(e.length_seconds),
    ]),
  );
  return [...chart, table].join('\n');
}
