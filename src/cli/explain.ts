/** `tidemark explain`: where the change of an account's equity came from. */
import type { Command } from 'commander';
import { limits } from '../../config/limits.ts';
import { withStore } from '../client/store.ts';
import { rangeValues, viewOf } from '../client/view-of.ts';
import { currencyOf } from './account-currency.ts';
import { accountArgument } from './arguments.ts';
import { configOf, Failure } from './context.ts';
import { withExamples } from './examples.ts';
import { formOf, printWhole, withCsvOption, type FormOptions } from './form.ts';
import { signedMoneyText } from './format.ts';
import { print, tableText } from './output.ts';
import { rangeOf, withRangeOptions, type RangeOptions } from './time-range.ts';
import { withReadingOption, type ReadingOptions } from './reading-option.ts';

interface Options extends RangeOptions, ReadingOptions, FormOptions {}

interface Source {
  readonly source: string;
  /** Minor units of the account's base currency. */
  readonly amount: string;
}

export function register(program: Command): void {
  const command = program
    .command('explain')
    .description(
      "Show where the change of an account's equity came from: each symbol, fees, income, exchange rates, flows. It adds up to the cent.",
    )
    .argument('<account>', 'account id', accountArgument);
  withReadingOption(withCsvOption(withRangeOptions(command))).action(
    async (account: string, options: Options, self: Command) => {
      const form = formOf(options, self);
      const config = configOf(self);
      const values = rangeValues(account, rangeOf(options, Date.now()));
      const statement = `SELECT * FROM ${viewOf('attribution', options, values)}`;
      await withStore(config, async (store) => {
        if (form !== 'table') {
          await printWhole(store, form, statement);
          return;
        }
        const sources = await store.rows<Source>(statement);
        // Of an account that there never was the view knows as much as of one that did not move.
        const [known] = await store.rows(
          `SELECT 1 FROM equity_curve WHERE account_id = '${account}' LIMIT 1`,
        );
        if (known === undefined) throw new Failure(`account ${account} has no recorded curve`);
        const currency = await currencyOf(config, account);
        print(page(sources, currency, config.currencies));
      });
    },
  );
  withExamples(command, 'explain 7 --window 1d', 'explain 7 --from 2026-01-01 --to 2026-02-01 --json');
}

function page(
  sources: readonly Source[],
  currency: string,
  exponents: Readonly<Record<string, number>>,
): string {
  const amounts = sources.map(({ amount }) => Number(amount));
  const largest = amounts.reduce((most, amount) => Math.max(most, Math.abs(amount)), 0);
  const money = (minor: number): string => signedMoneyText(minor, currency, exponents);
  const bar = (amount: number): string => {
    const cells = largest === 0 ? 0 : Math.round((Math.abs(amount) / largest) * limits.cliBarCells);
    return (amount < 0 ? '-' : '+').repeat(cells);
  };
  const rows = sources.map(({ source }, i) => [source, money(amounts[i] ?? 0), bar(amounts[i] ?? 0)]);
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return tableText(
    [{ head: 'source' }, { head: currency, align: 'right' }, { head: '' }],
    [...rows, ['change in equity', money(total), '']],
  );
}
