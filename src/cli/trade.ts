/** `tidemark trade`: one trade between two accounts, which becomes two settlements. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { ledgerStream } from '../../streams/sources/stream-definitions.ts';
import { minorInteger, minorUnits } from '../client/amounts.ts';
import { instrumentCurrency } from '../client/instrument-currency.ts';
import { generatedId, outcomeOf, type Outcome } from '../client/ledger-outcome.ts';
import { withNats, type NatsDoor } from '../client/nats.ts';
import * as parse from './arguments.ts';
import { configOf, exitCodes, Failure, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { waits, withWriteOptions, type WriteOptions } from './ledger-write.ts';
import { note, print, printJson } from './output.ts';

interface Options extends WriteOptions {
  readonly symbol: string;
  readonly quantity: string;
  readonly price: string;
  readonly buyer: string;
  readonly seller: string;
  readonly buyerFee?: string;
  readonly sellerFee?: string;
  readonly minor?: boolean;
  readonly id?: string;
  readonly ts?: number;
}

interface Side {
  readonly id: string;
  readonly account: string;
  readonly sequence: number | null;
  readonly outcome: Outcome;
}

export function register(program: Command): void {
  const command = program
    .command('trade')
    .description('Book a trade between two accounts: two settlements, <id>-buy and <id>-sell.')
    .requiredOption('--symbol <symbol>', 'what was traded', parse.symbolArgument)
    .requiredOption('--quantity <decimal>', 'how much of it', parse.quantityArgument)
    .requiredOption('--price <decimal>', 'at what price a unit', parse.decimalArgument)
    .requiredOption('--buyer <account>', 'account that bought', parse.accountArgument)
    .requiredOption('--seller <account>', 'account that sold', parse.accountArgument)
    .option('--buyer-fee <amount>', "the buyer's fee in currency units, such as 1.25", parse.decimalArgument)
    .option('--seller-fee <amount>', "the seller's fee in currency units", parse.decimalArgument)
    .option('--minor', 'fees are in minor units (cents), not in currency units')
    .option(
      '--id <id>',
      'trade id; the same id again is counted once (default: generated)',
      parse.tradeIdOption,
    )
    .option('--ts <time>', 'when it was traded (default: now); only recorded', parse.timeOption)
    .action(async (options: Options, self: Command) => {
      const config = configOf(self);
      await withNats(config, (nats) => book(self, nats, config, options));
    });
  withWriteOptions(command);
  withExamples(command, 'trade --symbol AAPL --quantity 100 --price 187.23 --buyer 7 --seller 8');
}

async function book(self: Command, nats: NatsDoor, config: Config, options: Options): Promise<void> {
  const { symbol, quantity, price, buyer, seller } = options;
  const id = options.id ?? generatedId();
  const message = {
    id,
    symbol,
    price,
    quantity,
    buyer,
    seller,
    ...(await fees(nats, config, options)),
    ts: options.ts ?? Date.now(),
  };
  const from = ((await nats.range(ledgerStream))?.last ?? 0) + 1;
  const { stream, sequence } = await nats.publishAcknowledged('trades', message);
  const sides = waits(options)
    ? await Promise.all([sideOf(nats, buyer, `${id}-buy`, from), sideOf(nats, seller, `${id}-sell`, from)])
    : [];
  const what = `${quantity} ${symbol} @ ${price} from account ${seller} to account ${buyer}`;
  if (wantsJson(self)) {
    const settlements = sides.map(({ outcome, account, ...side }) => ({
      account_id: account,
      ...side,
      ...outcome,
    }));
    printJson({ id, stream, sequence, settlements });
  } else {
    print(`${what}: ${stream} sequence ${sequence}`);
    for (const side of sides) {
      print(
        `  ${side.id} for account ${side.account}: LEDGER sequence ${side.sequence ?? '-'}, ${side.outcome.outcome}`,
      );
    }
  }
  const refused = sides.flatMap(({ id: sideId, outcome }) =>
    outcome.outcome === 'rejected' ? [`${sideId}: ${outcome.reason}: ${outcome.detail}`] : [],
  );
  if (refused.length > 0) throw new Failure(`rejected: ${refused.join('; ')}`);
  if (sides.some(({ outcome }) => outcome.outcome === 'pending')) {
    note(`the engine has not come to it within ${limits.clientOutcomeMsMax / 1000} s`);
    process.exitCode = exitCodes.failed;
  }
}

async function fees(nats: NatsDoor, config: Config, options: Options): Promise<Record<string, number>> {
  const given = [
    ['buyer_fee', options.buyerFee],
    ['seller_fee', options.sellerFee],
  ] as const;
  const found: Record<string, number> = {};
  for (const [name, text] of given) {
    if (text === undefined) continue;
    found[name] =
      options.minor === true
        ? minorInteger(text, name)
        : minorUnits(text, await instrumentCurrency(nats, config, options.symbol), config.currencies, name);
  }
  return found;
}

/** Waits for a side of the trade to stand in LEDGER, at `from` or behind it, and to be judged. */
async function sideOf(nats: NatsDoor, account: string, id: string, from: number): Promise<Side> {
  const subject = `settlements.${account}`;
  const deadline = performance.now() + limits.clientOutcomeMsMax;
  for (let seq = from; performance.now() < deadline;) {
    const next = await nats.message(ledgerStream, { seq, next_by_subj: subject });
    if (next === null) {
      await sleep(limits.clientPollMs);
      continue;
    }
    seq = next.sequence + 1;
    const message = JSON.parse(new TextDecoder().decode(next.payload)) as Record<string, unknown>;
    if (message['id'] !== id) continue;
    const { outcome } = await outcomeOf(nats, account, next.sequence);
    return { id, account, sequence: next.sequence, outcome };
  }
  return { id, account, sequence: null, outcome: { outcome: 'pending' } };
}
