/** `tidemark load`: the load test, over an installation of its own or the one that runs. */
import { Option, type Command } from 'commander';
import { limits } from '../../config/limits.ts';
import { loadConfig, type Config } from '../../config/load.ts';
import { clickHouseAddress, natsAccess, natsUrl } from '../addresses.ts';
import type { LoadDoors } from '../load/doors.ts';
import { lies, type Lie } from '../load/lie.ts';
import type { LoadOptions } from '../load/plan.ts';
import { inspectText } from '../client/account-reply.ts';
import { connectNats, type NatsDoor } from '../client/nats.ts';
import { StoreDoor } from '../client/store.ts';
import { choiceOption, countOption, countOrNoneOption } from './arguments.ts';
import { configFileOf, exitCodes, Failure, UsageError, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { hasPassed, progressText, reportText } from './load-report.ts';
import { note, print, printJson } from './output.ts';

interface Options extends LoadOptions {
  readonly url?: string;
  readonly plant?: Lie;
}

export function register(program: Command): void {
  const command = program
    .command('load')
    .description(
      'Load test: drive prices and settlements over NATS, measure from price to equity, then check every account against an oracle, in the engine and in ClickHouse.',
    )
    .option('--rate <n>', 'prices a second', countOption, 100_000)
    .option('--accounts <n>', 'accounts', countOption, 1_000)
    .option('--positions <n>', 'positions of each account', countOption, 25)
    .option('--symbols <n>', 'symbols that move', countOption, 100)
    .option('--settlements <n>', 'settlements a second', countOrNoneOption, 1_000)
    .option('--seconds <n>', 'how long to measure', countOption, 30)
    .option('--warmup <n>', 'seconds before that, which are not measured', countOrNoneOption, 3)
    .option('--seed <n>', 'chance begins here', countOption, 1)
    .option(
      '--url <nats>',
      'a running installation (its accounts and symbols of the test stay in it); otherwise one is started for the test',
    )
    .addOption(
      new Option('--plant <lie>', `tell the oracle a lie: ${lies.join(', ')}`)
        .argParser(choiceOption(...lies))
        .hideHelp(),
    )
    .action(async (options: Options, self: Command) => {
      await load(options, self);
    });
  withExamples(command, 'load', 'load --rate 20000 --seconds 10', 'load --url nats://127.0.0.1:4222');
}

async function load(options: Options, self: Command): Promise<void> {
  if (options.positions > options.symbols) {
    throw new UsageError('--positions is at most --symbols: an account holds a symbol once');
  }
  if (options.seconds + options.warmup > limits.loadSecondsMax) {
    throw new UsageError(`--seconds and --warmup are at most ${limits.loadSecondsMax} together`);
  }
  const { startStack } = await import('../load/stack.ts');
  const file = configFileOf(self);
  const interrupted = untilInterrupted();
  const stack = options.url === undefined ? await startStack(file, interrupted) : null;
  const config = stack?.config ?? targetConfig(file, options.url ?? '');
  try {
    const report = await runAgainst(config, options, interrupted);
    if (wantsJson(self)) printJson(report);
    else print(reportText(report));
    if (!hasPassed(report)) process.exitCode = exitCodes.failed;
  } finally {
    await stack?.stop();
  }
}

async function runAgainst(config: Config, options: Options, interrupted: Promise<never>) {
  const { runLoad } = await import('../load/run.ts');
  const nats = await connectNats(config);
  const store = new StoreDoor(clickHouseAddress(config));
  try {
    return await runLoad(
      options,
      { natsUrl: natsUrl(config), access: natsAccess(config), doors: doorsOf(nats, store), interrupted },
      (progress) => note(progressText(progress)),
      options.plant ?? null,
    );
  } finally {
    await store.close();
    await nats.close();
  }
}

function doorsOf(nats: NatsDoor, store: StoreDoor): LoadDoors {
  const parsed = (text: string) => JSON.parse(text) as Readonly<Record<string, unknown>>;
  return {
    async inspect(account) {
      const text = await inspectText(nats, account);
      return text === null ? null : parsed(text);
    },
    stats: async () => parsed(await nats.ask('stats', {})),
    rows: (statement, parameters) => store.rows(statement, parameters),
  };
}

/** The configuration as everywhere, with NATS at `url`. */
function targetConfig(file: string | undefined, url: string): Config {
  return loadConfig({ file, env: { ...process.env, TIDEMARK_NATS_URL: url } });
}

/** Rejects at Ctrl-C, so that what was started is ended in order. */
function untilInterrupted(): Promise<never> {
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new Failure(`ended by ${signal}`)));
    }
  });
  interrupted.catch(() => undefined);
  return interrupted;
}
