/** `tidemark deposit`: money paid into an account. */
import type { Command } from 'commander';
import { accountArgument } from './arguments.ts';
import { amountArgument, amountHelp, withCashOptions, writeCash, type CashOptions } from './cash-write.ts';
import { withExamples } from './examples.ts';

export function register(program: Command): void {
  const command = program
    .command('deposit')
    .description('Pay money into an account.')
    .argument('<account>', 'account id', accountArgument)
    .argument('<amount>', amountHelp, amountArgument)
    .action((account: string, amount: string, options: CashOptions, self: Command) =>
      writeCash(self, account, 'deposit', amount, options),
    );
  withCashOptions(command);
  withExamples(command, 'deposit 7 1000.00', 'deposit 7 100000 --minor --currency USD --id wire-4711');
}
