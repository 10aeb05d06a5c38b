/** `tidemark verify`: accounts rebuilt from LEDGER, compared with the live actors and with ClickHouse. */
import type { Command } from 'commander';
import { accountArgument } from './arguments.ts';
import { configOf, exitCodes, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { withNats } from './nats.ts';
import { withStore } from './store.ts';
import { printVerified, printVerifiedJson } from './verify/report.ts';
import { verify } from './verify/verification.ts';

export function register(program: Command): void {
  const command = program
    .command('verify')
    .description(
      'Rebuild an account, or all, from LEDGER and compare: state hash with the live actor; with ClickHouse the ' +
        'events that have rows (none missing, none twice, same figures) and the last row of the curve. ' +
        'Exit code 1 if anything disagrees.',
    )
    .argument('[account]', 'account id (default: all accounts)', accountArgument)
    .action(async (account: string | undefined, _: object, self: Command) => {
      const config = configOf(self);
      const verified = await withNats(config, (nats) =>
        withStore(config, (store) => verify(nats, store, config, account ?? null)),
      );
      if (wantsJson(self)) printVerifiedJson(verified);
      else printVerified(verified);
      if (verified.differences.total > 0) process.exitCode = exitCodes.failed;
    });
  withExamples(command, 'verify', 'verify 7 --json');
}
