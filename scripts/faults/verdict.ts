/**
 * The end of a run: every account against the oracle in the engine, in what it emitted and in ClickHouse, every row
 * counted. Waits, bounded, for what is still on its way; what then differs, differs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import type { Difference } from '../../src/load/compare.ts';
import type { LoadDoors } from '../../src/load/doors.ts';
import type { LoadPlan } from '../../src/load/plan.ts';
import { curveDifferences, emittedDifferences, inspectDifferences } from './differences.ts';
import type { ExpectedAccount } from './expected.ts';
import type { Json } from './installation.ts';

export interface Verdict {
  /** Events that were acknowledged and are in no row. */
  readonly lost: number;
  /** Rows beyond the first of a settlement, a cash flow, an effect, a tick of an account. */
  readonly doubled: number;
  readonly differing: number;
  readonly differences: readonly Difference[];
  /** What else is not as it must be, as sentences. */
  readonly faults: readonly string[];
}

export interface Emitted {
  /** The last message of each account, as text. */
  readonly last: readonly string[];
  readonly repeated: number;
  readonly wentBack: number;
}

interface Counts extends Json {
  readonly rows: string;
  readonly ids: string;
}

const ofTheRun = 'account_id LIKE {accounts:String}';

/** One line an account and key: by way of the disk where there are too many of them for the memory that this may take. */
const countOf = (table: string, key: string): string => `
SELECT sum(times) AS rows, count() AS ids
FROM (SELECT count() AS times FROM ${table} WHERE ${ofTheRun} GROUP BY account_id, ${key})
SETTINGS max_bytes_before_external_group_by = ${limits.faultGroupBytesMax}`;

/** What has come so far, cheaply: asked again and again while rows are still on their way. */
const rowsSoFar = (table: string): string =>
  `SELECT count() AS rows, 0 AS ids FROM ${table} WHERE ${ofTheRun}`;

const figuresOfCurve = [
  'total_equity', 'cash_balance', 'position_value', 'unrealized_pnl', 'realized_pnl', 'fees', 'income', 'net_flow',
  'sequence',
]; // prettier-ignore

const lastOfCurve = `
SELECT * EXCEPT last, last AS tick
FROM (
    SELECT account_id, max(tick) AS last,
        ${figuresOfCurve.map((figure) => `argMax(${figure}, tick) AS ${figure}`).join(', ')}
    FROM equity_curve WHERE ${ofTheRun} GROUP BY account_id)`;

/** Rows of a tick after another one's, with a sequence before it. */
const curveBackwards = `
SELECT countIf(sequence < before) AS rows, 0 AS ids FROM (
    SELECT sequence, lagInFrame(sequence, 1, 0) OVER (PARTITION BY account_id ORDER BY tick ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
    FROM equity_curve WHERE ${ofTheRun})`;

/** Amounts that waited for a rate: it is there from the start, so an engine has forgotten it. */
const bookedLate = `SELECT count() AS rows, 0 AS ids FROM effects WHERE kind = 'booked' AND ${ofTheRun}`;

export async function judge(
  plan: LoadPlan,
  expected: readonly ExpectedAccount[],
  doors: LoadDoors,
  emitted: () => Promise<Emitted>,
  told: (text: string) => void,
): Promise<Verdict> {
  const parameters = { accounts: `load-${plan.run}-%` };
  const count = async (statement: string): Promise<{ rows: number; ids: number }> => {
    const [counted] = await doors.rows<Counts>(statement, parameters);
    return { rows: Number(counted?.rows), ids: Number(counted?.ids) };
  };
  const settlements = sum(expected.map((account) => account.settlements));
  const cashEvents = sum(expected.map((account) => account.cashEvents));
  told(`inspecting ${expected.length} accounts`);
  const inspected = await untilAgreed(() => inspectAll(expected, doors));
  told('waiting for rows and emissions');
  // Rows of effects are to be seen before those that ClickHouse makes of them in the same insert.
  const due = { effects: settlements + cashEvents + expected.length, settlements, cash_flows: cashEvents };
  await untilAgreed(async () => {
    const differences: Difference[] = [];
    for (const [table, wanted] of Object.entries(due)) {
      const { rows } = await count(rowsSoFar(table));
      differences.push(...countDifference(table, wanted, Math.min(wanted, rows)));
    }
    return differences;
  });
  const recorded = await untilAgreed(async () => {
    const { last } = await emitted();
    const rows = new Map(
      (await doors.rows<Json>(lastOfCurve, parameters)).map((row) => [String(row['account_id']), row]),
    );
    return expected.flatMap((account, i) => [
      ...emittedDifferences(account, last[i] ?? ''),
      ...curveDifferences(account, last[i] ?? '', rows.get(account.account_id) ?? {}),
    ]);
  });
  told('counting rows');
  const counts = {
    settlements: await count(countOf('settlements', 'id')),
    cashFlows: await count(countOf('cash_flows', 'id')),
    effects: await count(countOf('effects', 'sequence, idx')),
    curve: await count(countOf('equity_curve', 'tick')),
  };
  const beyond = Object.values(counts).map(({ rows, ids }) => rows - ids);
  const more =
    Math.max(0, counts.settlements.ids - settlements) + Math.max(0, counts.cashFlows.ids - cashEvents);
  const { repeated, wentBack } = await emitted();
  const backwards = (await count(curveBackwards)).rows;
  const late = (await count(bookedLate)).rows;
  const differences = [...inspected, ...recorded];
  return {
    lost: Math.max(0, settlements - counts.settlements.ids) + Math.max(0, cashEvents - counts.cashFlows.ids),
    doubled: sum(beyond) + more,
    differing: new Set(differences.map(({ account }) => account)).size,
    differences,
    faults: [
      ...Object.entries(counts).flatMap(([table, { rows, ids }]) =>
        rows === ids ? [] : [`${table} has ${rows - ids} rows twice`],
      ),
      ...(repeated === 0
        ? []
        : [`${repeated} messages of equity.* were of a tick that was not after the account's last`]),
      ...(wentBack === 0 ? [] : [`${wentBack} messages of equity.* went back in sequence`]),
      ...(late === 0 ? [] : [`${late} amounts waited for a rate that had been there`]),
      ...(backwards === 0 ? [] : [`${backwards} rows of the curve go back in sequence`]),
    ],
  };
}

async function inspectAll(expected: readonly ExpectedAccount[], doors: LoadDoors): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (let i = 0; i < expected.length; i += limits.loadInspectionsAtOnce) {
    const batch = expected.slice(i, i + limits.loadInspectionsAtOnce);
    const found = await Promise.all(
      batch.map(async (each) => inspectDifferences(each, await doors.inspect(each.account_id))),
    );
    differences.push(...found.flat());
  }
  return differences;
}

function countDifference(table: string, expected: number, found: number): Difference[] {
  if (expected === found) return [];
  return [{ account: '', where: table, figure: 'ids', expected: String(expected), found: String(found) }];
}

/** Looks again while something differs and still changes; a look that fails is a look again. */
async function untilAgreed(look: () => Promise<Difference[]>): Promise<readonly Difference[]> {
  const last = performance.now() + limits.faultCheckMsMax;
  let deadline = performance.now() + limits.faultSettleMsMax;
  let before = '';
  for (;;) {
    let seen: string;
    let differences: Difference[];
    try {
      differences = await look();
      seen = JSON.stringify(differences);
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      differences = [{ account: '', where: 'the check', figure: 'answer', expected: 'one', found }];
      seen = found;
    }
    const now = performance.now();
    if (differences.length === 0 || now >= Math.min(deadline, last)) return differences;
    if (seen !== before) deadline = now + limits.faultSettleMsMax;
    before = seen;
    await sleep(limits.loadPollMs);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
