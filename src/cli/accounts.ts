/** `tidemark accounts`: every account with its figures, in order. */
import type { Command } from 'commander';
import { limits } from '../../config/limits.ts';
import type { AccountOrder } from '../ports.ts';
import { countAccounts, listAccounts, type AccountFigures } from '../client/account-reply.ts';
import { withNats } from '../client/nats.ts';
import { choiceOption, countOption } from './arguments.ts';
import { configOf, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import {
  countText,
  moneyText,
  percentText,
  ratioText,
  signedMoneyText,
  signedPercentText,
} from './format.ts';
import { note, print, printJson, tableText, type Column } from './output.ts';

interface Options {
  readonly order: AccountOrder;
  readonly limit: number;
}

export function register(program: Command): void {
  const command = program
    .command('accounts')
    .description('List the accounts with their equity, day change and drawdown.')
    .option(
      '--order <order>',
      'id, equity (highest first), day_change (highest first) or drawdown (deepest first)',
      choiceOption('id', 'equity', 'day_change', 'drawdown'),
      'id' as const,
    )
    .option('--limit <n>', 'list at most so many', countOption, limits.cliAccountsShown)
    .action(async (options: Options, self: Command) => {
      const config = configOf(self);
      await withNats(config, async (nats) => {
        const accounts = await listAccounts(nats, options.order, options.limit);
        if (wantsJson(self)) {
          printJson(accounts);
          return;
        }
        print(accounts.length === 0 ? 'no accounts yet' : accountsTable(accounts, config.currencies));
        const all = accounts.length < options.limit ? accounts.length : await countAccounts(nats);
        if (all > accounts.length)
          note(`${countText(accounts.length)} of ${countText(all)} accounts; --limit shows more`);
      });
    });
  withExamples(command, 'accounts --order drawdown --limit 20');
}

export const accountColumns: readonly Column[] = [
  { head: 'account' },
  { head: 'equity', align: 'right' },
  { head: '' },
  { head: 'day change', align: 'right' },
  { head: 'day %', align: 'right' },
  { head: 'unrealized', align: 'right' },
  { head: 'realized', align: 'right' },
  { head: 'nav', align: 'right' },
  { head: 'drawdown', align: 'right' },
  { head: 'state' },
];

export function accountRow(a: AccountFigures, exponents: Readonly<Record<string, number>>): string[] {
  return [
    a.account_id,
    moneyText(a.total_equity, a.currency, exponents),
    a.currency,
    signedMoneyText(a.day_change, a.currency, exponents),
    signedPercentText(a.day_change_percent),
    signedMoneyText(a.unrealized_pnl, a.currency, exponents),
    signedMoneyText(a.realized_pnl, a.currency, exponents),
    ratioText(a.nav),
    percentText(a.drawdown),
    a.state,
  ];
}

export function accountsTable(
  accounts: readonly AccountFigures[],
  exponents: Readonly<Record<string, number>>,
): string {
  return tableText(
    accountColumns,
    accounts.map((account) => accountRow(account, exponents)),
  );
}
