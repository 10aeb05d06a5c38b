/** `tidemark performance`: what an account earned, at what risk, beside a benchmark. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { withStore } from '../client/store.ts';
import { rangeValues, viewOf } from '../client/view-of.ts';
import { accountArgument, symbolArgument } from './arguments.ts';
import { configOf, Failure } from './context.ts';
import { withExamples } from './examples.ts';
import { formOf, printWhole, withCsvOption, type FormOptions } from './form.ts';
import { countText, percentText, ratioText } from './format.ts';
import { note, pairsText, print, printJson } from './output.ts';
import { rangeOf, withRangeOptions, type RangeOptions } from './time-range.ts';
import { withReadingOption, type ReadingOptions } from './reading-option.ts';

interface Options extends RangeOptions, ReadingOptions, FormOptions {
  readonly benchmark?: string;
  /** A fraction a period. */
  readonly riskFree: number;
}

/** As the view `performance` says it; null where `reason` says why. Returns are fractions. */
interface Performance {
  readonly total_return: number | null;
  readonly annual_return: number | null;
  readonly volatility: number | null;
  readonly sharpe_ratio: number | null;
  readonly sortino_ratio: number | null;
  readonly calmar_ratio: number | null;
  readonly max_drawdown: number | null;
  readonly twr: number | null;
  readonly xirr: number | null;
  readonly beta: number | null;
  readonly alpha: number | null;
  readonly days: number | string;
  readonly days_dropped: number | string;
  readonly reason: string;
}

export function register(program: Command): void {
  const command = program
    .command('performance')
    .description(
      'Show what an account earned: returns, volatility and ratios of its daily returns, time- and money-weighted, alpha and beta.',
    )
    .argument('<account>', 'account id', accountArgument);
  withReadingOption(withCsvOption(withRangeOptions(command)))
    .option('--benchmark <symbol>', 'a symbol of the price feed, for alpha and beta', symbolArgument)
    .option('--risk-free <return>', 'return a day without risk, such as 0.0001 or 0.01%', returnOption, 0)
    .action(async (account: string, options: Options, self: Command) => {
      const form = formOf(options, self);
      const benchmark = options.benchmark ?? '';
      const values = rangeValues(account, rangeOf(options, Date.now()));
      const view = viewOf('performance', options, { ...values, benchmark, risk_free: options.riskFree });
      await withStore(configOf(self), async (store) => {
        if (form === 'csv') {
          await printWhole(store, form, `SELECT * FROM ${view}`);
          return;
        }
        const [row] = await store.rows<Performance>(`SELECT * FROM ${view}`);
        if (row === undefined) throw new Failure(`account ${account} has no recorded curve in that time`);
        if (form === 'json') printJson({ account_id: account, benchmark, ...row });
        else {
          print(page(row, benchmark));
          if (row.reason !== '') note(row.reason);
        }
      });
    });
  withExamples(
    command,
    'performance 7 --benchmark SPY',
    'performance 7 --from 2026-01-01 --to 2027-01-01 --risk-free 0.01%',
  );
}

function returnOption(text: string): number {
  const match = /^(-?\d+(?:\.\d+)?)(\s*%)?$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError('Allowed: a percentage such as 0.01%, or a fraction such as 0.0001.');
  return Number(match[1]) / (match[2] === undefined ? 1 : 100);
}

function page(row: Performance, benchmark: string): string {
  const pairs: [string, string][] = [
    ['total return', percentText(row.total_return)],
    ['time-weighted (TWR)', percentText(row.twr)],
    ['money-weighted (XIRR)', percentText(row.xirr)],
    ['annual return', percentText(row.annual_return)],
    ['volatility', percentText(row.volatility)],
    ['Sharpe ratio', ratioText(row.sharpe_ratio)],
    ['Sortino ratio', ratioText(row.sortino_ratio)],
    ['Calmar ratio', ratioText(row.calmar_ratio)],
    ['max drawdown', percentText(row.max_drawdown)],
  ];
  if (benchmark !== '') {
    pairs.push([`beta to ${benchmark}`, ratioText(row.beta)], ['alpha', percentText(row.alpha)]);
  }
  pairs.push(['days', countText(Number(row.days))]);
  if (benchmark !== '') pairs.push(['days dropped', countText(Number(row.days_dropped))]);
  return pairsText(pairs);
}
