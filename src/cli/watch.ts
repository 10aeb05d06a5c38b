/**
 * `tidemark watch`: accounts as they change. In a terminal a table redrawn in place, elsewhere one JSON line an update,
 * as it came. A reader that is too slow holds us up, then NATS cuts us off, and we go on with what is new.
 */
import type { Command } from 'commander';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import type { AccountOrder } from '../ports.ts';
import { inspect, listAccounts, unknownAccount } from '../client/account-reply.ts';
import { connectNats, EngineAway, type ConnectionState, type NatsDoor } from '../client/nats.ts';
import { accountsTable } from './accounts.ts';
import { accountArgument, choiceOption, countOption, secondsOption } from './arguments.ts';
import { configOf, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { countText } from './format.ts';
import { LiveAccounts } from './live-accounts.ts';
import { LiveScreen } from './live-screen.ts';
import { print } from './output.ts';

interface Options {
  readonly order: AccountOrder;
  readonly count?: number;
  readonly seconds?: number;
}

export function register(program: Command): void {
  const command = program
    .command('watch')
    .description(
      'Watch equity live: a table in a terminal; with --json, or where stdout is no terminal, one JSON line an update.',
    )
    .argument('[account]', 'only this account', accountArgument)
    .option(
      '--order <order>',
      'id, equity, day_change or drawdown',
      choiceOption('id', 'equity', 'day_change', 'drawdown'),
      'id' as const,
    )
    .option('--count <n>', 'end after so many updates', countOption)
    .option('--seconds <n>', 'end after so many seconds', secondsOption)
    .action(async (account: string | undefined, options: Options, self: Command) => {
      const config = configOf(self);
      const nats = await connectNats(config, { reconnects: true });
      const end = endOf(options);
      try {
        if (wantsJson(self) || !process.stdout.isTTY) await printLines(nats, account, options, end);
        else await drawTable(nats, config, account, options, end);
      } finally {
        end.forget();
        await nats.close();
      }
    });
  withExamples(command, 'watch', 'watch --order drawdown', 'watch 7 --json --count 10');
}

interface End {
  readonly reached: Promise<void>;
  /** Reaches it now. */
  now(): void;
  forget(): void;
}

/** Ctrl-C, SIGTERM, or after --seconds: an end in good order, exit code 0. */
function endOf({ seconds }: Options): End {
  let now = (): void => undefined;
  const reached = new Promise<void>((resolve) => (now = resolve));
  process.once('SIGINT', now);
  process.once('SIGTERM', now);
  const timer = seconds === undefined ? null : setTimeout(now, seconds * 1000);
  return {
    reached,
    now,
    forget() {
      process.off('SIGINT', now);
      process.off('SIGTERM', now);
      if (timer !== null) clearTimeout(timer);
    },
  };
}

const subjectHead = 'equity.';
const decoder = new TextDecoder();

async function printLines(
  nats: NatsDoor,
  account: string | undefined,
  { count = Infinity }: Options,
  end: End,
): Promise<void> {
  let printed = 0;
  nats.subscribe(`${subjectHead}${account ?? '*'}`, (_, payload) => {
    if (printed === count) return;
    print(decoder.decode(payload));
    if (++printed === count) end.now();
  });
  await end.reached;
}

async function drawTable(
  nats: NatsDoor,
  config: Config,
  account: string | undefined,
  { order, count = Infinity }: Options,
  end: End,
): Promise<void> {
  const live = new LiveAccounts();
  let state: ConnectionState = 'connected';
  nats.onState((now) => (state = now));
  nats.subscribe(`${subjectHead}${account ?? '*'}`, (subject, payload) => {
    live.take(subject.slice(subjectHead.length), payload);
    if (live.updates >= count) end.now();
  });
  await hydrate(nats, live, account, order);
  const screen = new LiveScreen(process.stdout);
  screen.open();
  let before = { updates: live.updates, at: performance.now() };
  let rate = 0;
  const draw = (): void => {
    const now = performance.now();
    if (now - before.at >= 1000) {
      rate = ((live.updates - before.updates) / (now - before.at)) * 1000;
      before = { updates: live.updates, at: now };
    }
    // A line of state, an empty one, the head and its rule are above the rows.
    const accounts = live.top(order, Math.max(1, screen.height - 4));
    const place = state === 'connected' ? nats.url : `${nats.url} DISCONNECTED, trying again`;
    const shown = accounts.length < live.count ? `${countText(accounts.length)} of ` : '';
    const head = `${place}  ${shown}${countText(live.count)} accounts  ${countText(Math.round(rate))} updates/s  Ctrl-C ends`;
    const body = accounts.length === 0 ? 'no accounts yet' : accountsTable(accounts, config.currencies);
    screen.draw([head, '', ...body.split('\n')]);
  };
  const timer = setInterval(draw, limits.cliWatchRedrawMs);
  process.stdout.on('resize', draw);
  try {
    draw();
    await end.reached;
  } finally {
    clearInterval(timer);
    process.stdout.off('resize', draw);
    screen.close();
  }
}

/** Without an engine the table fills as updates come. */
async function hydrate(
  nats: NatsDoor,
  live: LiveAccounts,
  account: string | undefined,
  order: AccountOrder,
): Promise<void> {
  try {
    if (account === undefined) live.hydrate(await listAccounts(nats, order, limits.cliWatchHydratedMax));
    else {
      const found = await inspect(nats, account);
      if (found === null) throw unknownAccount(account);
      live.hydrate([found]);
    }
  } catch (error) {
    if (!(error instanceof EngineAway)) throw error;
  }
}
