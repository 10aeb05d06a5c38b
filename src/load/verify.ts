/**
 * The end of a load test: every account against the oracle, in the engine, in what it emitted and in ClickHouse. Waits
 * for what is still under way, for as long as it comes nearer; what then differs, differs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import {
  curveDifferences,
  inspectDifferences,
  messageDifferences,
  settlementDifferences,
  type Difference,
  type SettlementCounts,
} from './compare.ts';
import type { LoadDoors } from './doors.ts';
import type { ExpectedAccount } from './oracle.ts';
import type { LoadPlan } from './plan.ts';

export interface Verdict {
  /** Of the accounts that were asked for, how many agree in everything. */
  readonly agreeing: number;
  readonly accounts: number;
  /** Settlements that were acknowledged and are not in ClickHouse. */
  readonly lost: number;
  /** Rows beyond the first: of a settlement's id, of an account's tick in the curve or among its messages. */
  readonly doubled: number;
  readonly differences: readonly Difference[];
}

export interface Witnesses {
  readonly doors: LoadDoors;
  /** The last message of each account, as text. */
  readonly lastMessages: () => Promise<readonly string[]>;
  /** Messages of a tick that was not after the account's last one. */
  readonly repeated: () => Promise<number>;
}

interface CountedRow {
  readonly account_id: string;
  readonly rows: string;
  readonly distinct_ids: string;
  readonly realized: string;
}

interface CurveRow {
  readonly account_id: string;
  readonly [figure: string]: unknown;
}

const ofTheRun = `account_id LIKE {accounts:String}`;

const countSettlements = `
SELECT account_id, toString(count()) AS rows, toString(uniqExact(id)) AS distinct_ids, toString(sum(realized)) AS realized
FROM settlements WHERE ${ofTheRun} GROUP BY account_id`;

const lastOfCurve = `
SELECT account_id, tick, total_equity, cash_balance, position_value, unrealized_pnl, realized_pnl, fees, net_flow,
    sequence
FROM equity_curve WHERE ${ofTheRun} ORDER BY tick DESC LIMIT 1 BY account_id`;

const doubledTicks = `
SELECT toString(count() - uniqExact(account_id, tick)) AS doubled FROM equity_curve WHERE ${ofTheRun}`;

export async function verify(
  plan: LoadPlan,
  expected: readonly ExpectedAccount[],
  { doors, lastMessages, repeated }: Witnesses,
): Promise<Verdict> {
  const accounts = { accounts: `load-${plan.run}-%` };
  const inspected = await untilAgreed(limits.loadSettleMsMax, () => inspectAll(expected, doors));
  // Where the engine itself stays otherwise, nobody after it will come to agree.
  const patienceMs = inspected.length === 0 ? limits.loadSettleMsMax : limits.loadFailingMsMax;
  const emitted = await untilAgreed(patienceMs, async () => {
    const texts = await lastMessages();
    return expected.flatMap((account, i) => messageDifferences(account, texts[i] ?? ''));
  });
  let counted = new Map<string, SettlementCounts>();
  const settled = await untilAgreed(patienceMs, async () => {
    counted = countsOf(await doors.rows<CountedRow>(countSettlements, accounts));
    return expected.flatMap((account) =>
      settlementDifferences(account, counted.get(account.account) ?? null),
    );
  });
  const texts = await lastMessages();
  const recorded = await untilAgreed(patienceMs, async () => {
    const rows = await doors.rows<CurveRow>(lastOfCurve, accounts);
    const last = new Map(rows.map((row) => [row.account_id, row]));
    return expected.flatMap((account, i) =>
      curveDifferences(account, texts[i] ?? '', last.get(account.account) ?? null),
    );
  });
  const [curve] = await doors.rows<{ doubled: string }>(doubledTicks, accounts);
  const differences = [...inspected, ...emitted, ...settled, ...recorded];
  const disagreeing = new Set(differences.map(({ account }) => account));
  const counts = expected.map((account) => ({ account, found: counted.get(account.account) }));
  return {
    accounts: plan.accounts,
    agreeing: expected.slice(0, plan.accounts).filter(({ account }) => !disagreeing.has(account)).length,
    lost: sum(counts.map(({ account, found }) => account.settlements - (found?.distinct ?? 0))),
    doubled:
      sum(counts.map(({ found }) => (found?.rows ?? 0) - (found?.distinct ?? 0))) +
      Number(curve?.doubled ?? 0) +
      (await repeated()),
    differences,
  };
}

function countsOf(rows: readonly CountedRow[]): Map<string, SettlementCounts> {
  return new Map(
    rows.map((row) => [
      row.account_id,
      { rows: Number(row.rows), distinct: Number(row.distinct_ids), realized: row.realized },
    ]),
  );
}

async function inspectAll(expected: readonly ExpectedAccount[], doors: LoadDoors): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (let i = 0; i < expected.length; i += limits.loadInspectionsAtOnce) {
    const batch = expected.slice(i, i + limits.loadInspectionsAtOnce);
    const found = await Promise.all(
      batch.map(async (account) => inspectDifferences(account, await doors.inspect(account.account))),
    );
    differences.push(...found.flat());
  }
  return differences;
}

/** Looks again while something differs and still changes; what has not changed for `patienceMs` differs for good. */
async function untilAgreed(
  patienceMs: number,
  look: () => Promise<Difference[]>,
): Promise<readonly Difference[]> {
  const last = performance.now() + limits.loadCheckMsMax;
  let deadline = performance.now() + patienceMs;
  let before = '';
  for (;;) {
    const differences = await look();
    const now = performance.now();
    if (differences.length === 0 || now >= Math.min(deadline, last)) return differences;
    const seen = JSON.stringify(differences);
    if (seen !== before) deadline = now + patienceMs;
    before = seen;
    await sleep(limits.loadPollMs);
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
