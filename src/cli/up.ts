/**
 * `tidemark up`: everything on this machine with one command, until Ctrl-C. Owns what a newcomer reads; the starting
 * and ending is the installation's.
 */
import { relative } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../config/load.ts';
import {
  clickHouseAddress,
  dataDirectory,
  gatewayUrl,
  logDirectory,
  natsUrl,
  storePasswordFile,
} from '../addresses.ts';
import type { Failure } from '../failure.ts';
import type { Log } from '../ports.ts';
import { configFileOf, configOf, exitCodes, wantsJson } from './context.ts';

interface Options {
  readonly demo: boolean;
}

export function register(program: Command): void {
  program
    .command('up')
    .description(
      'Start everything on this machine, until Ctrl-C: NATS, ClickHouse, engine, sink and gateway, in one data directory.',
    )
    .option('--demo', 'with a simulated market: 200 accounts, 50 symbols', false)
    .option('--no-demo', 'without it (the default)')
    .action(async (options: Options, command: Command) => {
      await up(configOf(command), options.demo, configFileOf(command), wantsJson(command));
    });
}

async function up(
  config: Config,
  demo: boolean,
  configFile: string | undefined,
  asJson: boolean,
): Promise<void> {
  const [{ openInstallation }, { buildDashboard }, { firstSignal }, { pino }] = await Promise.all([
    import('../process/installation.ts'),
    import('../process/build-dashboard.ts'),
    import('../process/signals.ts'),
    import('pino'),
  ]);
  const log = asJson ? pino({ base: { role: 'up' } }, pino.destination({ fd: 2, sync: true })) : spokenLog;
  const gaveUp = later<Failure>();
  const installation = openInstallation(config, { demo, configFile, log, onGiveUp: gaveUp.resolve });
  const signalled = firstSignal(() => {
    installation.kill();
    process.exit(exitCodes.failed);
  }).then(() => 'signal' as const);
  const started = Promise.all([installation.start(), buildDashboard(log)]).then(
    () => 'ready' as const,
    (error: unknown) => error,
  );
  let end: unknown = await Promise.race([started, signalled, gaveUp.promise]);
  if (end === 'ready') {
    console.log(asJson ? readyAsJson(config, demo) : readyAsText(config, demo, configFile));
    end = await Promise.race([signalled, gaveUp.promise]);
  }
  if (end === 'signal' && !asJson) console.log('Stopping; once more to kill.');
  await installation.stop();
  if (end !== 'signal') throw end;
}

/** What befalls the parts, in words: what they say themselves is in their log files. */
const spokenLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => speak(fields, message),
  error: (fields, message) => speak(fields, message),
};

function speak(fields: { readonly child?: string; readonly reason?: string }, message: string): void {
  const { child, reason } = fields;
  console.error(`tidemark: ${child ?? 'up'} ${message}${reason === undefined ? '' : ` (${reason})`}`);
}

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

function readyAsJson(config: Config, demo: boolean): string {
  const { url, user, database } = clickHouseAddress(config);
  return JSON.stringify({
    state: 'ready',
    pid: process.pid,
    nats: natsUrl(config),
    clickhouse: { url, user, database },
    http: gatewayUrl(config),
    data_dir: dataDirectory(config),
    logs: logDirectory(config),
    demo,
  });
}

function readyAsText(config: Config, demo: boolean, configFile: string | undefined): string {
  const here = (path: string): string => {
    const short = relative(process.cwd(), path);
    return short.startsWith('..') ? path : short;
  };
  const tidemark = `npx tidemark${configFile === undefined ? '' : ` --config ${configFile}`}`;
  const password = config.clickhouse.url === null ? `, password in ${here(storePasswordFile(config))}` : '';
  const { url, user } = clickHouseAddress(config);
  const lines = [
    `Tidemark is up. Data in ${here(dataDirectory(config))}, logs in ${here(logDirectory(config))}.`,
    '',
    `  NATS        ${natsUrl(config)}`,
    `  ClickHouse  ${url} (user ${user}${password})`,
    `  Dashboard   ${gatewayUrl(config)} (its API: ${gatewayUrl(config)}/docs)`,
    '',
    'In another terminal:',
    '',
    ...firstCommands(demo).map(([command, why]) => `  ${`${tidemark} ${command}`.padEnd(82)} # ${why}`),
    '',
    'Ctrl-C stops everything.',
  ];
  return lines.join('\n');
}

/** What a newcomer can type at once, and see something. */
function firstCommands(demo: boolean): [command: string, why: string][] {
  if (demo) {
    return [
      ['watch', 'all accounts, live'],
      ['accounts --order drawdown', 'the deepest under water first'],
      ['inspect 10', 'one account: cash, positions, drawdown'],
      ['drawdown 10 --chart', 'its way under water, from ClickHouse'],
      ['sql "SELECT account_id, min(drawdown) FROM equity_curve GROUP BY 1"', 'the curves, in SQL'],
      ['doctor', 'whether everything is well'],
    ];
  }
  return [
    ['deposit alice 100000.00', 'opens the account'],
    ['settle alice --symbol AAPL --side buy --quantity 100 --price 187.20', 'a fill'],
    ['price AAPL 187.23', 'a market price'],
    ['inspect alice', 'what she has now'],
    ['watch', 'all accounts, live'],
    ['doctor', 'whether everything is well'],
  ];
}
