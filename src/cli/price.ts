/** `tidemark price`: one price, or one quote, onto the feed. */
import type { Command } from 'commander';
import { symbolToken } from '../domain/identifier.ts';
import { withNats } from '../client/nats.ts';
import { decimalArgument, symbolArgument, timeOption } from './arguments.ts';
import { configOf, Failure, UsageError, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { print, printJson } from './output.ts';

interface Options {
  readonly bid?: string;
  readonly ask?: string;
  readonly ts?: number;
}

export function register(program: Command): void {
  const command = program
    .command('price')
    .description('Send a price, or a quote, of a symbol.')
    .argument('<symbol>', 'symbol', symbolArgument)
    .argument('[price]', 'a plain price; or give --bid and --ask', decimalArgument)
    .option('--bid <decimal>', 'what is bid', decimalArgument)
    .option('--ask <decimal>', 'what is asked', decimalArgument)
    .option('--ts <time>', 'time of the price (default: now)', timeOption)
    .action(async (symbol: string, price: string | undefined, options: Options, self: Command) => {
      const { bid, ask } = options;
      const isQuote = price === undefined && bid !== undefined && ask !== undefined;
      if (!isQuote && (price === undefined || bid !== undefined || ask !== undefined)) {
        throw new UsageError('give a price, or --bid and --ask');
      }
      const ts = options.ts ?? Date.now();
      const message = isQuote ? { bid, ask, ts } : { price, ts };
      const subject = `prices.${symbolToken(symbol)}`;
      await withNats(configOf(self), async (nats) => {
        if (!(await nats.publishHeard(subject, JSON.stringify(message)))) {
          throw new Failure(
            `nobody listens to ${subject} at ${nats.url}: start the engine with \`tidemark up\``,
          );
        }
      });
      if (wantsJson(self)) printJson({ symbol, subject, ...message });
      else print(`${symbol} ${isQuote ? `${bid} / ${ask}` : price}: sent on ${subject}`);
    });
  withExamples(command, 'price AAPL 187.23', 'price EURUSD --bid 1.0841 --ask 1.0843');
}
