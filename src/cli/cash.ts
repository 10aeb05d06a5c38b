/** `tidemark cash`: fees, dividends, interest and currency conversions; deposits and withdrawals too. */
import type { Command } from 'commander';
import { cashKinds, type CashKind } from '../domain/ledger-event.ts';
import * as parse from './arguments.ts';
import { amountArgument, amountHelp, withCashOptions, writeCash, type CashOptions } from './cash-write.ts';
import { UsageError } from './context.ts';
import { withExamples } from './examples.ts';

export function register(program: Command): void {
  const command = program
    .command('cash')
    .description('Book a fee, a dividend, interest, a currency conversion, a deposit or a withdrawal.')
    .argument('<account>', 'account id', parse.accountArgument)
    .argument('<type>', cashKinds.join(', '), parse.choiceOption(...cashKinds))
    .argument('<amount>', `${amountHelp}; a fee, dividend or interest may be negative`, amountArgument)
    .option('--symbol <symbol>', 'what paid the dividend or cost the fee', parse.symbolArgument)
    .option('--to-currency <code>', 'conversion: the currency got', parse.currencyOption)
    .option('--to-amount <amount>', 'conversion: the amount got', parse.decimalArgument)
    .action((account: string, type: CashKind, amount: string, options: CashOptions, self: Command) => {
      const isConversion = type === 'conversion';
      if (
        isConversion !== (options.toCurrency !== undefined) ||
        isConversion !== (options.toAmount !== undefined)
      ) {
        throw new UsageError('a conversion, and nothing else, has --to-currency and --to-amount');
      }
      return writeCash(self, account, type, amount, options);
    });
  withCashOptions(command);
  withExamples(
    command,
    'cash 7 dividend 80.75 --symbol IBM',
    'cash 7 fee 12.50 --notes custody',
    'cash 7 conversion 1000.00 --currency USD --to-currency EUR --to-amount 910.00',
  );
}
