/** One cash event, from what was typed to LEDGER: what deposit, withdraw and cash have in common. */
import type { Command } from 'commander';
import type { Config } from '../../config/load.ts';
import type { CashKind } from '../domain/ledger-event.ts';
import { inspect } from '../client/account-reply.ts';
import { minorInteger, minorUnits } from '../client/amounts.ts';
import { generatedId } from '../client/ledger-outcome.ts';
import { EngineAway, withNats, type NatsDoor } from '../client/nats.ts';
import { currencyOption, dayOrTimeOption, decimalArgument, idOption, timeOption } from './arguments.ts';
import { configOf, UsageError } from './context.ts';
import { moneyText } from './format.ts';
import { withWriteOptions, writeToLedger, type WriteOptions } from './ledger-write.ts';

export interface CashOptions extends WriteOptions {
  readonly currency?: string;
  readonly minor?: boolean;
  readonly id?: string;
  readonly notes?: string;
  readonly ts?: number;
  readonly effectiveAt?: number | string;
  readonly symbol?: string;
  readonly toCurrency?: string;
  readonly toAmount?: string;
}

export const amountHelp = 'in currency units, such as 1000.00 (exact; in cents and the like with --minor)';

export function withCashOptions(command: Command): Command {
  command
    .option('--currency <code>', "currency of the amount (default: the account's)", currencyOption)
    .option('--minor', 'amounts are minor units (cents), not currency units')
    .option('--id <id>', 'event id; the same id again is counted once (default: generated)', idOption)
    .option('--notes <text>', 'kept with the event')
    .option('--ts <time>', 'when it happened (default: now); only recorded', timeOption)
    .option(
      '--effective-at <time>',
      "when it takes effect, in the past: a time, or a session day of the account (its start for money in, its end for money out; today's is now)",
      dayOrTimeOption,
    );
  return withWriteOptions(command);
}

export async function writeCash(
  self: Command,
  account: string,
  type: CashKind,
  amountText: string,
  options: CashOptions,
): Promise<void> {
  const config = configOf(self);
  const { symbol, notes, toCurrency, effectiveAt } = options;
  if (amountText.startsWith('-') && isUnsigned(type)) {
    throw new UsageError(`the amount of a ${type} is positive, not ${amountText}`);
  }
  await withNats(config, async (nats) => {
    const currency =
      options.currency ?? (options.minor === true ? undefined : await accountCurrency(nats, config, account));
    const amount = amountOf(config, options, currency, amountText, 'the amount');
    const message = {
      id: options.id ?? generatedId(),
      type,
      amount,
      ...(currency === undefined ? {} : { currency }),
      ...(toCurrency === undefined ? {} : { to_currency: toCurrency }),
      ...(options.toAmount === undefined
        ? {}
        : { to_amount: amountOf(config, options, toCurrency, options.toAmount, '--to-amount') }),
      ...(symbol === undefined ? {} : { symbol }),
      ...(notes === undefined ? {} : { notes }),
      ...(effectiveAt === undefined ? {} : { effective_at: effectiveAt }),
      ts: options.ts ?? Date.now(),
    };
    const shown =
      currency === undefined
        ? `${amount} minor units`
        : `${moneyText(amount, currency, config.currencies)} ${currency}`;
    const what = `${type} of ${shown} for account ${account}`;
    await writeToLedger(self, nats, { subject: `cash.${account}`, account, message, what }, options);
  });
}

export { decimalArgument as amountArgument };

function isUnsigned(type: CashKind): boolean {
  return type === 'deposit' || type === 'withdrawal' || type === 'conversion';
}

function amountOf(
  config: Config,
  { minor }: CashOptions,
  currency: string | undefined,
  text: string,
  what: string,
): number {
  return minor === true || currency === undefined
    ? minorInteger(text, what)
    : minorUnits(text, currency, config.currencies, what);
}

/** Currency units mean nothing before their currency is known; an account that is not there yet gets the default. */
async function accountCurrency(nats: NatsDoor, config: Config, account: string): Promise<string> {
  try {
    return (await inspect(nats, account))?.currency ?? config.accounts.base_currency;
  } catch (error) {
    if (!(error instanceof EngineAway)) throw error;
    throw new UsageError(`the engine does not answer what currency account ${account} has: give --currency`);
  }
}
