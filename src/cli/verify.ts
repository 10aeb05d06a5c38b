/**
 * `tidemark verify`: accounts rebuilt from LEDGER, compared with the live actors and with ClickHouse; or, of their history
 * in ClickHouse, whether each day adds up.
 */
import type { Command } from 'commander';
import { validateHistory } from '../analytics/validate-history.ts';
import { withNats } from '../client/nats.ts';
import { withStore } from '../client/store.ts';
import { accountArgument } from './arguments.ts';
import { configOf, exitCodes, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { printHistory, printHistoryJson } from './verify/history-report.ts';
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
    .option(
      '--history',
      'instead check the daily snapshots: each day is the one before plus P&L plus inflow minus outflow, none is missing',
    )
    .action(async (account: string | undefined, options: { readonly history?: boolean }, self: Command) => {
      const config = configOf(self);
      if (options.history === true) {
        const validated = await withStore(config, (store) =>
          validateHistory((statement, parameters) => store.rows(statement, parameters), account ?? null),
        );
        if (wantsJson(self)) printHistoryJson(validated);
        else printHistory(validated);
        if (validated.violations.length > 0) process.exitCode = exitCodes.failed;
        return;
      }
      const verified = await withNats(config, (nats) =>
        withStore(config, (store) => verify(nats, store, config, account ?? null)),
      );
      if (wantsJson(self)) printVerifiedJson(verified);
      else printVerified(verified);
      if (verified.differences.total > 0) process.exitCode = exitCodes.failed;
    });
  withExamples(command, 'verify', 'verify 7 --json', 'verify --history');
}
