/**
 * What ClickHouse has in the end: each element of LEDGER that was applied or refused once and with its figures, each
 * late booking once, and a curve that never repeats a tick, never goes back and is never behind the ledger.
 */
import type { RecordedEffect } from '../../src/domain/recorded.ts';
import type { ExpectedLedger } from './expected-ledger.ts';
import { localBookings } from './local-bookings.ts';
import type { StoredRow } from './simulated-clickhouse.ts';
import { fail } from './simulation-failure.ts';
import type { World } from './world.ts';

export function judgeClickHouse(world: World): void {
  judgeEffects(world);
  judgeCurve(world);
  judgeDays(world);
}

/** A day opens at what equity was said to be before its cut-over, or was to be said when who knew it was killed. */
function judgeDays({ witness, clickhouse }: World): void {
  for (const { what, account, equity, said } of witness.openings) {
    const isIn = (row: StoredRow): boolean => row['account_id'] === account && row['total_equity'] === equity;
    if (said.includes(equity) || clickhouse.rows('equity_curve').some(isIn)) continue;
    fail(`${what} opens its day at ${equity}, said before was ${said.slice(-5).join(', ')}`);
  }
}

function judgeEffects({ clickhouse, expected, audit }: World): void {
  const seen = new Map<string, StoredRow>();
  const late = new Map<string, number>();
  for (const row of clickhouse.rows('effects')) {
    if (row['kind'] === 'booked') {
      const key = lateKey(row);
      late.set(key, (late.get(key) ?? 0) + 1);
      continue;
    }
    const key = `${String(row['sequence'])}:${String(row['idx'])}`;
    if (seen.has(key)) fail(`ClickHouse has LEDGER ${key} twice`);
    seen.set(key, row);
  }
  for (const elements of expected.elements) {
    for (const { sequence, index, verdict, account } of elements) {
      const key = `${sequence}:${index}`;
      const row = seen.get(key);
      if (verdict === 'duplicate' || verdict === 'waits') continue;
      if (row === undefined) fail(`ClickHouse has no row of LEDGER ${key}`);
      seen.delete(key);
      if (verdict !== '' && row['reason'] !== verdict) {
        fail(`ClickHouse has LEDGER ${key} as ${String(row['reason'])}, expected ${verdict}`);
      }
      if (row['account_id'] !== account) fail(`ClickHouse has LEDGER ${key} of ${String(row['account_id'])}`);
      const record = audit.records.get(key);
      if (verdict === '' && record !== undefined) judgeRecord(key, row, record);
    }
  }
  for (const key of seen.keys()) fail(`ClickHouse has a row of LEDGER ${key}, which says nothing`);
  for (const effect of audit.late) {
    const key = `${effect.account} ${effect.sequence} ${effect.late!.amount} ${effect.late!.currency} ${effect.bookings[0]}`;
    const count = late.get(key) ?? 0;
    if (count === 0) fail(`ClickHouse has no row of the late booking ${key}`);
    late.set(key, count - 1);
  }
  for (const [key, count] of late)
    if (count > 0) fail(`ClickHouse has the late booking ${key} once too often`);
}

function lateKey(row: StoredRow): string {
  const bases = ['realized_base', 'fees_base', 'income_base', 'flow_base'].map((name) => Number(row[name]));
  const base = bases.find((x) => x !== 0) ?? 0;
  return `${String(row['account_id'])} ${String(row['sequence'])} ${String(row['amount'])} ${String(row['currency'])} ${base}`;
}

/** The row says what was recorded, whoever wrote it. */
function judgeRecord(key: string, row: StoredRow, record: RecordedEffect): void {
  const bases = ['realized_base', 'fees_base', 'income_base', 'flow_base'].map((name) => row[name]);
  const said = bases.reduce<number>((sum, x) => sum + (x === null ? 0 : Number(x)), 0);
  const wanted = record.bookings.reduce((sum, x) => sum + (Number.isNaN(x) ? 0 : x), 0);
  if (said !== wanted) fail(`ClickHouse has ${said} booked by LEDGER ${key}, recorded is ${wanted}`);
  const units = row['units'] === null ? NaN : Number(row['units']);
  if (!Object.is(units, record.units) && Math.abs(units - record.units) > 1e-9 * Math.abs(record.units)) {
    fail(`ClickHouse has ${units} units after LEDGER ${key}, recorded is ${record.units}`);
  }
  if (!Number.isNaN(record.tick) && row['tick'] !== record.tick) {
    fail(`ClickHouse has LEDGER ${key} at tick ${String(row['tick'])}, recorded is ${record.tick}`);
  }
}

function judgeCurve({ clickhouse, expected }: World): void {
  const byAccount = new Map<string, StoredRow[]>();
  for (const row of clickhouse.rows('equity_curve')) {
    const account = String(row['account_id']);
    const rows = byAccount.get(account) ?? [];
    byAccount.set(account, rows);
    rows.push(row);
  }
  for (const [id, { sequence }] of expected.accounts) {
    const rows = (byAccount.get(id) ?? []).sort((a, b) => Number(a['tick']) - Number(b['tick']));
    if (rows.length === 0) fail(`ClickHouse has no curve of ${id}`);
    const voided = voidedFlows(expected, id);
    rows.forEach((row, i) => {
      const before = rows[i - 1];
      if (before === undefined) return;
      const between = [before, row].map((each) => Number(each['sequence'])) as [number, number];
      const isCorrected = voided.some((at) => between[0] < at && at <= between[1]);
      judgeStep(id, before, row, isCorrected);
    });
    const last = Number(rows.at(-1)?.['sequence']);
    if (last > sequence) fail(`the curve of ${id} is at sequence ${last}, LEDGER at ${sequence}`);
    const told = expected.accounts.get(id)?.applied.at(-1) ?? 0;
    if (last < told) fail(`the curve of ${id} ends at sequence ${last}, behind ${told}`);
  }
}

/** Sequences at which a flow of the account was voided: its units may begin anew then. */
function voidedFlows({ elements, market }: ExpectedLedger, account: string): number[] {
  return elements.flat().flatMap((element) => {
    if (element.account !== account || element.undone === null) return [];
    const local = localBookings(element.undone.target.fact, 0n, market);
    return local.some(({ field }) => field === 'netFlow') ? [element.sequence] : [];
  });
}

/** Two rows of an account, one after the other. `isCorrected`: in between a flow was voided. */
function judgeStep(account: string, a: StoredRow, b: StoredRow, isCorrected: boolean): void {
  const number = (row: StoredRow, name: string): number => (row[name] === null ? NaN : Number(row[name]));
  const at = `the curve of ${account} at tick ${String(b['tick'])}`;
  if (a['tick'] === b['tick']) fail(`${at} has two rows`);
  if (number(b, 'sequence') < number(a, 'sequence')) fail(`${at} goes back in sequence`);
  if (String(b['session_date']) < String(a['session_date'])) fail(`${at} goes back in its session day`);
  if (number(b, 'epoch') < number(a, 'epoch')) fail(`${at} goes back in its epoch`);
  if (a['epoch'] !== b['epoch'] || isCorrected) return;
  const [peakBefore, peak] = [number(a, 'peak_nav'), number(b, 'peak_nav')];
  if (peak < peakBefore) fail(`${at} has peak ${peak}, it was ${peakBefore}`);
  const [worstBefore, worst] = [number(a, 'max_drawdown'), number(b, 'max_drawdown')];
  if (worst > worstBefore) fail(`${at} has a worst drawdown of ${worst}, it was ${worstBefore}`);
}
