/**
 * The `tidemark` command: which commands there are, what they have in common, and the exit code. Only the file of the
 * command that was called is loaded, so that each starts fast. Knows nothing of what a command does.
 */
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../../config/load.ts';
import { exitCodes, UsageError } from './context.ts';
import { version } from '../version.ts';

interface CommandFile {
  /** Adds the command and its options; its action loads what it needs. */
  register(program: Command): void;
}

/** In the order of the help. */
const commands: Readonly<Record<string, () => Promise<CommandFile>>> = {
  up: () => import('./up.ts'),
  run: () => import('./run.ts'),
  doctor: () => import('./doctor.ts'),
  accounts: () => import('./accounts.ts'),
  inspect: () => import('./inspect.ts'),
  watch: () => import('./watch.ts'),
  history: () => import('./history.ts'),
  drawdown: () => import('./drawdown.ts'),
  snapshots: () => import('./snapshots.ts'),
  performance: () => import('./performance.ts'),
  explain: () => import('./explain.ts'),
  export: () => import('./export.ts'),
  settle: () => import('./settle.ts'),
  trade: () => import('./trade.ts'),
  deposit: () => import('./deposit.ts'),
  withdraw: () => import('./withdraw.ts'),
  cash: () => import('./cash.ts'),
  price: () => import('./price.ts'),
  account: () => import('./account.ts'),
  import: () => import('./import.ts'),
  replay: () => import('./replay.ts'),
  verify: () => import('./verify.ts'),
  'dead-letters': () => import('./dead-letters.ts'),
  alerts: () => import('./alerts.ts'),
  sql: () => import('./sql.ts'),
  load: () => import('./load.ts'),
};

export async function main(args: readonly string[]): Promise<void> {
  try {
    await (await programFor(args)).parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, args.includes('--json'));
  }
}

async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command('tidemark')
    .description(
      'Keeps the equity of every trading account true at every tick, and remembers its whole curve.',
    )
    .version(version, '-V, --version')
    .option('--config <file>', 'YAML file over config/default.yaml (or TIDEMARK_CONFIG)')
    .option('--json', 'answer in JSON')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help shows what is allowed)')
    .exitOverride();
  const name = commandOf(args) ?? '';
  const called = Object.hasOwn(commands, name) ? commands[name] : undefined;
  for (const load of called === undefined ? Object.values(commands) : [called]) {
    (await load()).register(program);
  }
  return program;
}

/** The first argument that is neither an option nor the value of --config. */
function commandOf(args: readonly string[]): string | undefined {
  return args.find((arg, i) => !arg.startsWith('-') && args[i - 1] !== '--config');
}

/** Prints what went wrong, once, in words; gives the exit code. */
function report(error: unknown, asJson: boolean): number {
  if (error instanceof CommanderError) {
    // Commander has printed it already; help and version are no errors.
    return error.exitCode === 0 || error.code === 'commander.help' ? exitCodes.ok : exitCodes.usage;
  }
  const message = error instanceof Error ? error.message : String(error);
  console.error(asJson ? JSON.stringify({ error: message }) : `tidemark: ${message}`);
  return error instanceof ConfigError || error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}
