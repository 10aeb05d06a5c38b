/**
 * Rebuilds accounts from LEDGER and compares them with the live actors and with ClickHouse, while all of them go on:
 * first as far as the engine had come when it was asked, then, for the actors that were further by then, as far as
 * these. Knows no presentation.
 */
import type { Config } from '../../../config/load.ts';
import { limits } from '../../../config/limits.ts';
import { unknownAccount } from '../../client/account-reply.ts';
import type { NatsDoor } from '../../client/nats.ts';
import type { StoreDoor } from '../../client/store.ts';
import { Failure } from '../context.ts';
import { flowConversions } from '../rebuild/flow-conversions.ts';
import { IndifferentJudge } from '../rebuild/indifferent-judge.ts';
import type { Elements } from '../rebuild/ledger-only.ts';
import { Rebuild } from '../rebuild/rebuild.ts';
import { ActorComparison } from './actors.ts';
import { RowComparison } from './compare-rows.ts';
import { Differences } from './differences.ts';
import { pageOfOne, pagesOf } from './pages.ts';
import { StoreComparison } from './rows.ts';
import { TallyJudge } from './tallies.ts';

export interface Verified {
  /** Accounts that were compared. */
  readonly accounts: number;
  /** LEDGER sequence up to which all of them were rebuilt. */
  readonly sequence: number;
  readonly differences: Differences;
  readonly clickhouse: StoreVerdict;
}

export interface StoreVerdict {
  /** Why it was not compared; null where it was. */
  readonly failure: string | null;
  /** Whether it had come as far as the rebuild, in time. */
  readonly hasArrived: boolean;
  /** Accounts not compared, since rows of theirs have not come yet. */
  readonly behind: number;
  /** Accounts whose last row of the curve was compared. */
  readonly curves: number;
}

/** One account, or with null all. */
export async function verify(
  nats: NatsDoor,
  store: StoreDoor,
  config: Config,
  account: string | null,
): Promise<Verified> {
  const sequence = await positionOf(nats);
  const [flows, failure] = await flowsOf(store, account);
  const rebuild = new Rebuild(nats, config, flows);
  const tallies = new TallyJudge();
  await rebuild.read({ account, from: 1, through: sequence, judge: tallies });
  if (account !== null && rebuild.view(account) === null) throw unknownAccount(account);

  const differences = new Differences();
  const actors = new ActorComparison(nats, rebuild, differences);
  const rows = failure === null ? new StoreComparison(store, tallies, sequence, differences) : null;
  const hasArrived = (await rows?.arrive()) ?? false;
  const pages = account === null ? pagesOf(rebuild.book.accounts.ids) : [pageOfOne(account)];
  let accounts = 0;
  for (const page of pages) {
    const replies = await actors.compare(page.accounts);
    await rows?.compare(page, replies);
    accounts += page.accounts.length;
  }
  const suspects = (await rows?.suspects()) ?? [];
  for (const [i, suspect] of suspects.entries()) {
    if (i < limits.verifyAccountsLookedInto) {
      await compareRows(nats, store, config, suspect, sequence, flows, differences);
    } else differences.clickhouse(suspect, 'rows', 'other sums', 'do not add up');
  }
  await compareAhead(actors, rebuild, account, sequence);
  if (account === null) await actors.findUnfounded(sequence);
  const { behind = 0, curves = 0 } = rows ?? {};
  return { accounts, sequence, differences, clickhouse: { failure, hasArrived, behind, curves } };
}

/** LEDGER sequence that the engine has applied. */
async function positionOf(nats: NatsDoor): Promise<number> {
  const { ledger_sequence } = JSON.parse(await nats.ask('stats', {})) as { ledger_sequence: number };
  return ledger_sequence;
}

/** What ClickHouse knows of conversions; nothing, and why, where it cannot be asked. */
async function flowsOf(store: StoreDoor, account: string | null): Promise<[Elements, string | null]> {
  try {
    return [await flowConversions(store, account), null];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [new Set(), error.message];
  }
}

/** Actors may have gone on between the question of the engine's position and their own answer. */
async function compareAhead(
  actors: ActorComparison,
  rebuild: Rebuild,
  account: string | null,
  sequence: number,
): Promise<void> {
  const { target } = actors;
  if (target === 0) return;
  await rebuild.read({
    account,
    from: sequence + 1,
    through: target,
    wants: (message) => actors.wants(message),
    judge: new IndifferentJudge(),
  });
  await actors.compareAhead();
}

async function compareRows(
  nats: NatsDoor,
  store: StoreDoor,
  config: Config,
  account: string,
  through: number,
  flows: Elements,
  differences: Differences,
): Promise<void> {
  const comparison = await RowComparison.open(store, account, through, differences);
  if (comparison === null) return;
  await new Rebuild(nats, config, flows).read({ account, from: 1, through, judge: comparison });
  comparison.end();
}
