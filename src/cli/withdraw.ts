/** `tidemark withdraw`: money paid out of an account. */
import type { Command } from 'commander';
import { accountArgument } from './arguments.ts';
import { amountArgument, amountHelp, withCashOptions, writeCash, type CashOptions } from './cash-write.ts';
import { withExamples } from './examples.ts';

export function register(program: Command): void {
  const command = program
    .command('withdraw')
    .description('Pay money out of an account.')
    .argument('<account>', 'account id', accountArgument)
    .argument('<amount>', amountHelp, amountArgument)
    .action((account: string, amount: string, options: CashOptions, self: Command) =>
      writeCash(self, account, 'withdrawal', amount, options),
    );
  withCashOptions(command);
  withExamples(command, 'withdraw 7 250.00 --notes "quarterly payout"');
}
