/**
 * Prices and rates move between an event and its replay: what was booked at them stays what it was. Each scenario lets
 * events happen while the market moves, notes what the engine says and emits of every account, kills it, moves the
 * market, and compares once the old prices are back. What differs then was valued anew.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { limits } from '../../../config/limits.ts';
import type { Difference } from '../../../src/load/compare.ts';
import { Random } from '../../../src/random.ts';
import type { Tidemark } from '../../../test/support/tidemark.ts';
import { until } from '../../../test/support/until.ts';
import { unequal } from '../differences.ts';
import { HandStack } from '../hand-stack.ts';
import { connections, publishPrices, settle } from '../hand-feed.ts';
import type { Json } from '../installation.ts';
import { differenceTexts, type FaultPart, type FaultReport } from '../part.ts';
import {
  openings,
  randomEvent,
  randomPrices,
  revalueAccounts,
  revalueInstruments,
  witness,
  type Prices,
} from '../revalue-story.ts';

/** Nothing of these depends on what prices did in between. */
const lasting = [
  'sequence',
  'realized_pnl',
  'realized_net',
  'fees',
  'income',
  'net_flow',
  'fx_pnl',
  'unrealized_pnl',
  'cash_balance',
  'position_value',
  'total_equity',
  'units',
  'nav',
  'epoch',
  'state_hash',
] as const;
/** Those of them that a message of `equity.*` has. */
const emittedToo = [
  'sequence',
  'realized_pnl',
  'fees',
  'net_flow',
  'unrealized_pnl',
  'cash_balance',
  'position_value',
  'total_equity',
  'nav',
] as const;
const ofPosition = [
  'quantity',
  'cost_basis',
  'realized_pnl',
  'realized_pnl_base',
  'fees',
  'fees_base',
  'mark',
] as const;

export const revalue: FaultPart = {
  name: 'revalue',
  what: 'prices and rates move between an event and its replay after kill -9: what was booked stays',
  async run({ scenarios, seed }, told) {
    const stack = await HandStack.start({
      withStore: false,
      configuration: { instruments: revalueInstruments, prices: { stale_after_ms: 3_600_000 } },
    });
    const [nats] = (await connections(stack.installation, 1)) as [NatsConnection];
    try {
      const run = new Revaluation(stack, nats, new Random(seed, 200), await stack.engine());
      await run.open();
      for (let i = 1; i <= scenarios; i++) {
        await run.scenario(i);
        if (i % 10 === 0) told(`${i} of ${scenarios} scenarios`);
      }
      return run.report();
    } finally {
      await nats.close();
      await stack.stop();
    }
  },
};

class Revaluation {
  private readonly stack: HandStack;
  private readonly nats: NatsConnection;
  private readonly random: Random;
  private engine: Tidemark;
  private readonly emitted = new Map<string, Json>();
  private readonly recoveryMs: number[] = [];
  private readonly differences: Difference[] = [];
  /** A price's own time only grows, so that each one is news. */
  private ts = Date.now();
  private events = 0;

  constructor(stack: HandStack, nats: NatsConnection, random: Random, engine: Tidemark) {
    this.stack = stack;
    this.nats = nats;
    this.random = random;
    this.engine = engine;
    nats.subscribe('equity.*', {
      callback: (_error, message) => {
        const update = message.json<Json>();
        this.emitted.set(String(update['account_id']), update);
      },
    });
  }

  async open(): Promise<void> {
    await this.publish(randomPrices(this.random));
    for (const { subject, message } of openings()) await settle(this.nats, subject, message);
  }

  async scenario(number: number): Promise<void> {
    const { random } = this;
    for (let i = random.integer(5, 25); i > 0; i--) {
      const { subject, message } = randomEvent(random, `s${number}-${i}`);
      await settle(this.nats, subject, message);
      this.events++;
      if (random.chance(0.3)) await this.publish(randomPrices(random));
      // Some events meet a tick of their own, others share one.
      if (random.chance(0.2)) await sleep(random.integer(1, 60));
    }
    const then = randomPrices(random);
    await this.publish(then);
    const before = await this.settled(then);
    const told = await this.emittedOf(before);
    this.differences.push(
      ...compared(`scenario ${number}, emitted before the crash`, emittedToo, before, told),
    );

    if (random.chance(0.5)) await this.publishAndWait(randomPrices(random));
    const startedAt = performance.now();
    this.engine.process.kill('SIGKILL');
    await this.engine.ended;
    if (random.chance(0.5)) await this.publish(randomPrices(random));
    this.engine = await this.stack.engine();
    this.recoveryMs.push(performance.now() - startedAt);
    if (random.chance(0.5)) await this.publishAndWait(randomPrices(random));

    await this.publish(then);
    const after = await this.settled(then);
    this.differences.push(...compared(`scenario ${number}`, lasting, before, after));
    for (const account of revalueAccounts) {
      this.differences.push(...positionDifferences(account, `scenario ${number}`, before, after));
    }
  }

  report(): FaultReport {
    const { recoveryMs, differences } = this;
    return {
      rows: [
        {
          fault: 'kill -9, market moved',
          times: recoveryMs.length,
          recoveryMs,
          lost: null,
          doubled: null,
          differing: new Set(differences.map(({ account, where }) => `${account} ${where}`)).size,
        },
      ],
      notes: [`${this.events} events of ${revalueAccounts.length} accounts in 3 currencies`],
      failures: differenceTexts(differences),
    };
  }

  private async publish(prices: Prices): Promise<void> {
    await publishPrices(this.nats, prices, ++this.ts);
  }

  private async publishAndWait(prices: Prices): Promise<void> {
    await this.publish(prices);
    await this.marked(prices);
  }

  /** Resolves when the engine marks everything at these prices. */
  private async marked(prices: Prices): Promise<void> {
    await until(
      async () => {
        const view = await this.stack.installation.doors.inspect(witness);
        const positions = (view?.['positions'] ?? []) as Json[];
        const marks = new Map(positions.map(({ symbol, mark }) => [String(symbol), Number(mark)]));
        return Object.entries(prices).every(([symbol, price]) => marks.get(symbol) === Number(price));
      },
      { what: 'the engine to have the prices', timeoutMs: limits.faultSettleMsMax },
    );
  }

  /** Every account at these prices, everything of LEDGER applied. */
  private async settled(prices: Prices): Promise<Map<string, Json>> {
    const { installation } = this.stack;
    const { state } = await (await this.nats.jetstreamManager()).streams.info('LEDGER');
    const { tick } = await installation.untilEngine(
      'LEDGER to be applied',
      (status) => status.ledger_sequence >= state.last_seq,
    );
    await this.marked(prices);
    // An event counts at once, nav from its tick on.
    await installation.untilEngine('the tick after it', (status) => status.tick > tick);
    const views = await Promise.all(
      revalueAccounts.map(async (account): Promise<[string, Json]> => {
        return [account, (await installation.doors.inspect(account)) ?? {}];
      }),
    );
    return new Map(views);
  }

  /** What was emitted last, once it is of the same tick of prices: another tick brings nothing new. */
  private async emittedOf(views: ReadonlyMap<string, Json>): Promise<Map<string, Json>> {
    const isThere = (): boolean =>
      [...views].every(([account, view]) => {
        const update = this.emitted.get(account);
        return update?.['sequence'] === view['sequence'] && update?.['total_equity'] === view['total_equity'];
      });
    await until(isThere, { what: 'the emissions', timeoutMs: limits.faultSettleMsMax });
    return new Map(this.emitted);
  }
}

function compared(
  where: string,
  figures: readonly string[],
  before: ReadonlyMap<string, Json>,
  after: ReadonlyMap<string, Json>,
): Difference[] {
  return revalueAccounts.flatMap((account) => {
    return unequal(account, where, figures, before.get(account) ?? {}, after.get(account) ?? {});
  });
}

function positionDifferences(
  account: string,
  where: string,
  before: ReadonlyMap<string, Json>,
  after: ReadonlyMap<string, Json>,
): Difference[] {
  const positionsOf = (views: ReadonlyMap<string, Json>): Map<string, Json> => {
    const positions = (views.get(account)?.['positions'] ?? []) as Json[];
    return new Map(positions.map((each) => [String(each['symbol']), each]));
  };
  const found = positionsOf(after);
  return [...positionsOf(before)].flatMap(([symbol, position]) =>
    unequal(account, `${where} ${symbol}`, ofPosition, position, found.get(symbol) ?? {}),
  );
}
