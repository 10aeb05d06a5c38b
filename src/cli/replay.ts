/** `tidemark replay`: an account rebuilt from LEDGER alone, each step with its effect. */
import type { Command } from 'commander';
import type { Config } from '../../config/load.ts';
import { unknownAccount } from '../client/account-reply.ts';
import { withNats, type NatsDoor } from '../client/nats.ts';
import { withStore, type StoreDoor } from '../client/store.ts';
import { accountArgument, countOption } from './arguments.ts';
import { configOf, Failure, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { note } from './output.ts';
import { flowConversions } from './rebuild/flow-conversions.ts';
import { elementKey, type Elements } from './rebuild/ledger-only.ts';
import { Rebuild } from './rebuild/rebuild.ts';
import { jsonOutput, textOutput, type ReplayOutput } from './replay/output.ts';
import { RecordedPages } from './replay/recorded-figures.ts';
import { StepJudge } from './replay/step.ts';
import type { StepNames } from './replay/step-table.ts';

interface Options {
  readonly to?: number;
}

export function register(program: Command): void {
  const command = program
    .command('replay')
    .description(
      'Rebuild an account from LEDGER alone and show each step with its effect. What depended on marks when it ' +
        'happened (base currency, equity before, units, nav) is shown as recorded in ClickHouse, where it is.',
    )
    .argument('<account>', 'account id', accountArgument)
    .option('--to <sequence>', 'stop after this LEDGER sequence', countOption)
    .action(async (account: string, { to }: Options, self: Command) => {
      const config = configOf(self);
      const output = wantsJson(self) ? jsonOutput(account, to ?? null) : textOutput();
      await withNats(config, (nats) =>
        withStore(config, (store) => replay(nats, store, config, account, to ?? Infinity, output)),
      );
    });
  withExamples(command, 'replay 7', 'replay 7 --to 481516 --json');
}

async function replay(
  nats: NatsDoor,
  store: StoreDoor,
  config: Config,
  account: string,
  to: number,
  output: ReplayOutput,
): Promise<void> {
  const recorded = new RecordedPages(store, account);
  const rebuild = new Rebuild(nats, config, await conversionsOf(store, account));
  const judge = new StepJudge();
  const names = (): StepNames => ({
    symbols: rebuild.instruments.symbols,
    currency: rebuild.view(account)?.currency ?? config.accounts.base_currency,
    exponents: config.currencies,
  });
  let count = 0;
  await rebuild.read({
    account,
    from: 1,
    through: to,
    judge,
    applying: (message) => {
      judge.begin(message);
    },
    after: async (batch) => {
      const steps = judge.take();
      const figures = await recorded.of(batch[0]?.sequence ?? 0, batch.at(-1)?.sequence ?? 0);
      count += steps.length;
      await output.steps(
        steps.map((step) => ({
          ...step,
          recorded: figures.get(elementKey(step.sequence, step.index)) ?? null,
        })),
        names(),
      );
    },
  });
  if (count === 0) throw to === Infinity ? unknownAccount(account) : nothingYet(account, to);
  const state = rebuild.view(account);
  await output.end(state, names());
  if (recorded.failure !== null) note(`ClickHouse does not say what was recorded: ${recorded.failure}`);
  if (state === null) throw unknownAccount(account);
}

/** Without ClickHouse every conversion counts as one between currencies that had rates, as most are. */
async function conversionsOf(store: StoreDoor, account: string): Promise<Elements> {
  try {
    return await flowConversions(store, account);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return new Set();
  }
}

function nothingYet(account: string, to: number): Failure {
  return new Failure(`account_unknown: LEDGER has nothing for account ${account} up to sequence ${to}`);
}
