/** `tidemark settle`: one settlement, a fill or a transfer in kind, written to LEDGER. */
import type { Command } from 'commander';
import type { Config } from '../../config/load.ts';
import { minorInteger, minorUnits } from '../client/amounts.ts';
import { instrumentCurrency } from '../client/instrument-currency.ts';
import { generatedId } from '../client/ledger-outcome.ts';
import { withNats, type NatsDoor } from '../client/nats.ts';
import * as parse from './arguments.ts';
import { configOf, UsageError } from './context.ts';
import { withExamples } from './examples.ts';
import { withWriteOptions, writeToLedger, type WriteOptions } from './ledger-write.ts';

interface Options extends WriteOptions {
  readonly symbol: string;
  readonly side: 'buy' | 'sell' | 'in' | 'out';
  readonly quantity: string;
  readonly price: string;
  readonly fee?: string;
  readonly feeCurrency?: string;
  readonly feeQuantity?: string;
  readonly minor?: boolean;
  readonly type?: 'fill' | 'transfer';
  readonly source?: string;
  readonly id?: string;
  readonly ts?: number;
}

export function register(program: Command): void {
  const command = program
    .command('settle')
    .description('Settle a fill, or a transfer in kind, for an account.')
    .argument('<account>', 'account id', parse.accountArgument)
    .requiredOption('--symbol <symbol>', 'what was traded', parse.symbolArgument)
    .requiredOption(
      '--side <side>',
      'buy or sell; in or out for a transfer',
      parse.choiceOption('buy', 'sell', 'in', 'out'),
    )
    .requiredOption('--quantity <decimal>', 'how much of it', parse.quantityArgument)
    .requiredOption('--price <decimal>', 'at what price a unit', parse.decimalArgument)
    .option(
      '--fee <amount>',
      'fee in currency units, such as 1.25; negative is a rebate',
      parse.decimalArgument,
    )
    .option('--fee-currency <code>', "currency of the fee (default: the instrument's)", parse.currencyOption)
    .option('--fee-quantity <decimal>', 'fee in kind, in units of the symbol', parse.quantityArgument)
    .option('--minor', 'the fee is in minor units (cents), not in currency units')
    .option('--type <type>', 'fill or transfer (what --side says)', parse.choiceOption('fill', 'transfer'))
    .option('--source <name>', 'what settled it')
    .option('--id <id>', 'event id; the same id again is counted once (default: generated)', parse.idOption)
    .option('--ts <time>', 'when it was traded (default: now); only recorded', parse.timeOption)
    .action(async (account: string, options: Options, self: Command) => {
      const config = configOf(self);
      requireSide(options);
      await withNats(config, async (nats) => {
        const message = await settlementMessage(nats, config, options);
        const what = `${options.side} ${options.quantity} ${options.symbol} @ ${options.price} for account ${account}`;
        await writeToLedger(
          self,
          nats,
          { subject: `settlements.${account}`, account, message, what },
          options,
        );
      });
    });
  withWriteOptions(command);
  withExamples(
    command,
    'settle 7 --symbol AAPL --side buy --quantity 100 --price 187.23 --fee 1.25',
    'settle 7 --symbol BTC --side in --quantity 0.5 --price 64000',
  );
}

/** A transfer goes in or out, a fill is bought or sold. Throws UsageError. */
function requireSide({ side, type }: Options): void {
  const isTransfer = side === 'in' || side === 'out';
  if (type === 'transfer' && !isTransfer) throw new UsageError('the --side of a transfer is in or out');
  if (type === 'fill' && isTransfer) throw new UsageError('the --side of a fill is buy or sell');
}

async function settlementMessage(
  nats: NatsDoor,
  config: Config,
  options: Options,
): Promise<Record<string, unknown>> {
  const { symbol, side, quantity, price, source, feeCurrency, feeQuantity } = options;
  return {
    id: options.id ?? generatedId(),
    ...(side === 'in' || side === 'out' ? { type: 'transfer' } : {}),
    ...(source === undefined ? {} : { source }),
    symbol,
    side,
    quantity,
    price,
    ...(options.fee === undefined ? {} : { fee: await feeMinor(nats, config, options, options.fee) }),
    ...(feeCurrency === undefined ? {} : { fee_currency: feeCurrency }),
    ...(feeQuantity === undefined ? {} : { fee_quantity: feeQuantity }),
    ts: options.ts ?? Date.now(),
  };
}

async function feeMinor(nats: NatsDoor, config: Config, options: Options, fee: string): Promise<number> {
  if (options.minor === true) return minorInteger(fee, '--fee');
  const currency = options.feeCurrency ?? (await instrumentCurrency(nats, config, options.symbol));
  return minorUnits(fee, currency, config.currencies, '--fee');
}
