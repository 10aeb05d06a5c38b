/** `tidemark account`: opens, configures, suspends, resumes and closes accounts. */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { AdminKind } from '../domain/ledger-event.ts';
import { isZone, minutesOf } from '../domain/session-day.ts';
import { withNats } from '../client/nats.ts';
import { accountArgument, currencyOption } from './arguments.ts';
import { configOf, UsageError } from './context.ts';
import { withExamples } from './examples.ts';
import { withWriteOptions, writeToLedger, type WriteOptions } from './ledger-write.ts';

interface Options extends WriteOptions {
  readonly name?: string;
  readonly baseCurrency?: string;
  readonly timezone?: string;
  readonly cutover?: string;
  readonly calendar?: string;
}

const kinds: Readonly<Record<AdminKind, { readonly description: string; readonly done: string }>> = {
  open: { description: 'Open an account.', done: 'opening of' },
  configure: {
    description: 'Change what an account is called and when its day ends.',
    done: 'configuration of',
  },
  suspend: {
    description: 'Suspend an account: commands are refused, facts are applied.',
    done: 'suspension of',
  },
  resume: { description: 'Resume a suspended account, or reopen a closed one.', done: 'resumption of' },
  close: { description: 'Close an account that is flat and empty.', done: 'closing of' },
};

export function register(program: Command): void {
  const command = program
    .command('account')
    .description('Open, configure, suspend, resume or close an account.');
  for (const kind of Object.keys(kinds) as AdminKind[]) registerKind(command, kind);
  withExamples(
    command,
    'account open 7 --name "Alice" --base-currency EUR --timezone Europe/Berlin',
    'account suspend 7',
  );
}

function registerKind(parent: Command, kind: AdminKind): void {
  const command = parent
    .command(kind)
    .description(kinds[kind].description)
    .argument('<account>', 'account id', accountArgument)
    .action(async (account: string, options: Options, self: Command) => {
      const { name, baseCurrency, timezone, cutover, calendar } = options;
      const message = {
        type: kind,
        ...(name === undefined ? {} : { name }),
        ...(baseCurrency === undefined ? {} : { base_currency: baseCurrency }),
        ...(timezone === undefined ? {} : { timezone }),
        ...(cutover === undefined ? {} : { cutover }),
        ...(calendar === undefined ? {} : { calendar }),
      };
      if (kind === 'configure' && Object.keys(message).length === 1) {
        throw new UsageError(
          'say what to configure: --name, --base-currency, --timezone, --cutover or --calendar',
        );
      }
      const what = `${kinds[kind].done} account ${account}`;
      await withNats(configOf(self), (nats) =>
        writeToLedger(self, nats, { subject: `accounts.${account}`, account, message, what }, options),
      );
    });
  if (kind === 'open' || kind === 'configure') withSettings(command);
  withWriteOptions(command);
  withExamples(command, kind === 'configure' ? 'account configure 7 --cutover 16:00' : `account ${kind} 7`);
}

function withSettings(command: Command): void {
  command
    .option('--name <text>', 'what the account is called')
    .option('--base-currency <code>', 'the currency of its equity', currencyOption)
    .option('--timezone <zone>', 'IANA time zone of its day, such as America/New_York', (zone) => {
      if (!isZone(zone))
        throw new InvalidArgumentError('Allowed: an IANA time zone such as America/New_York.');
      return zone;
    })
    .option('--cutover <time>', 'local time at which its day ends, such as 17:00', (time) => {
      if (minutesOf(time) === null) throw new InvalidArgumentError('Allowed: a time of day such as 17:00.');
      return time;
    })
    .addOption(
      new Option('--calendar <days>', 'which days are session days of its own').choices(['weekdays', 'all']),
    );
}
