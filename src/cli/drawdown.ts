/** `tidemark drawdown`: the falls of an account from its peaks, their recoveries, and how it looks under water. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { limits } from '../../config/limits.ts';
import { accountArgument, countOption } from './arguments.ts';
import { configOf, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { durationText, percentText, sqlTimeText } from './format.ts';
import { print, printJson, tableText } from './output.ts';
import { withStore, type StoreDoor } from './store.ts';
import { rangeOf, sqlTime, withRangeOptions, type RangeOptions, type TimeRange } from './time-range.ts';
import { chartWidth, underwaterChart, type Underwater } from './underwater-chart.ts';

interface Options extends RangeOptions {
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
    .description('List the drawdowns of an account, deepest first, from its recorded curve.')
    .argument('<account>', 'account id', accountArgument);
  withRangeOptions(command)
    .option('--min-depth <depth>', 'leave out what is shallower, such as 5% or 0.05', depthOption, 0)
    .option('--limit <n>', 'list at most so many, the deepest (default: 20, with --json all)', countOption)
    .option('--chart', 'also draw how far below its peak the account was')
    .action(async (account: string, options: Options, self: Command) => {
      const range = rangeOf(options, Date.now());
      await withStore(configOf(self), async (store) => {
        const json = wantsJson(self);
        const most = options.limit ?? (json ? undefined : limits.cliEpisodesShown);
        const episodes = await episodesOf(store, account, range, options.minDepth, most);
        const underwater = options.chart === true ? await underwaterOf(store, account, range) : null;
        if (json) printJson(answer(account, episodes, underwater));
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

/** The arguments of a parameterized view; ids and times contain nothing that could end the text they stand in. */
function viewArguments(account: string, { from, to }: TimeRange): string {
  return `account_id = '${account}', from = '${sqlTime(from)}', to = '${sqlTime(to)}'`;
}

async function episodesOf(
  store: StoreDoor,
  account: string,
  range: TimeRange,
  minDepth: number,
  most: number | undefined,
): Promise<Episode[]> {
  const view = `drawdown_episodes(${viewArguments(account, range)}, min_depth = ${minDepth})`;
  return store.rows<Episode>(`SELECT * FROM ${view}${most === undefined ? '' : ` LIMIT ${most}`}`);
}

/** The view row by row is as long as the curve: the worst of each stretch is found where the rows are. */
async function underwaterOf(store: StoreDoor, account: string, range: TimeRange): Promise<Underwater | null> {
  const view = `drawdown(${viewArguments(account, range)})`;
  const [ends] = await store.rows<{ first: string; last: string; rows: string }>(
    `SELECT toUnixTimestamp64Milli(min(ts)) AS first, toUnixTimestamp64Milli(max(ts)) AS last, count() AS rows FROM ${view}`,
  );
  if (ends === undefined || ends.rows === '0') return null;
  const from = Number(ends.first);
  const to = Number(ends.last);
  const width = chartWidth(process.stdout.columns);
  const step = Math.max(1, Math.ceil((to - from + 1) / width));
  const stretches = await store.rows<{ at: number; worst: number; closing: number }>(
    `SELECT toUInt32(intDiv(toUnixTimestamp64Milli(ts) - ${from}, ${step})) AS at,
       min(drawdown) AS worst, argMax(drawdown, ts) AS closing
     FROM ${view} GROUP BY at ORDER BY at`,
  );
  const worst: number[] = [];
  let carried = 0;
  for (const stretch of stretches) {
    // Where nothing was recorded nothing changed.
    while (worst.length < stretch.at) worst.push(carried);
    worst.push(stretch.worst);
    carried = stretch.closing;
  }
  return { from, to, worst };
}

function answer(account: string, episodes: readonly Episode[], underwater: Underwater | null): object {
  if (underwater === null) return { account_id: account, episodes };
  const { from, to, worst } = underwater;
  const step = worst.length > 1 ? (to - from) / worst.length : 0;
  const points = worst.map((drawdown, i) => ({ ts: Math.round(from + i * step), drawdown }));
  return { account_id: account, episodes, underwater: points };
}

function page(account: string, episodes: readonly Episode[], underwater: Underwater | null): string {
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
