/**
 * Recall: applying a ledger again as it was valued the first time. The effects of an event were recorded with it; its
 * figures in base, its units and nav are taken from there, and the performance between events from the curve's last row.
 */
import assert from 'node:assert/strict';
import type { CurveRow } from '../domain/equity-update.ts';
import type { RecordedCurve, RecordedEffect } from '../domain/recorded.ts';
import type { Accounts } from './accounts.ts';
import type { BookParts } from './book-parts.ts';
import { bookRecordedLate } from './booking.ts';
import { takePerformance } from './curve-figures.ts';
import { wipe } from './performance.ts';
import { RecallCurves } from './recall-curves.ts';

export interface RecallSource {
  /** The recorded effect of an element of a message; null where none was recorded. */
  effect(sequence: number, index: number): RecordedEffect | null;
  /** Late bookings of the account made after the message and before the account's next one, in order. */
  late(account: string, sequence: number): readonly RecordedEffect[];
}

export class Recall {
  /** Where recorded effects come from; null once the past is applied. */
  source: RecallSource | null = null;
  readonly curves = new RecallCurves();
  /** By account row: LEDGER sequence that what was told of the account last includes; NaN, or nothing, for none. */
  readonly told: number[] = [];
  /** By row: the last tick that the account's restored state has seen; -1, or nothing, where it was not restored. */
  readonly restored: number[] = [];
  /** By row: rows of the curve that were in no frame when the account's restored state was written. */
  readonly unwritten = new Map<number, readonly CurveRow[]>();
  private recorded: RecordedEffect | null = null;
  private taken = 0;

  /** Whether the event that is being applied is applied as recorded. */
  get isOn(): boolean {
    return this.recorded !== null;
  }

  /** The last tick that the account's restored state has seen; -1 where it was not restored. */
  asOf(row: number): number {
    return this.restored[row] ?? -1;
  }

  noteRestored(row: number, asOf: number): void {
    this.unwritten.delete(row);
    while (this.restored.length < row) this.restored.push(-1);
    this.restored[row] = asOf;
  }

  noteUnwritten(row: number, rows: readonly CurveRow[]): void {
    this.unwritten.set(row, rows);
  }

  noteTold(row: number, sequence: number): void {
    while (this.told.length < row) this.told.push(NaN);
    this.told[row] = sequence;
  }

  /** The account's state is no longer one that was restored. */
  forget(row: number): void {
    if (row < this.restored.length) this.restored[row] = -1;
    if (row < this.told.length) this.told[row] = NaN;
    this.unwritten.delete(row);
  }

  /** Sets the recorded effect of the event that comes next; null where it is valued now. */
  use(recorded: RecordedEffect | null): void {
    this.recorded = recorded;
    this.taken = 0;
  }

  /** What the event's next booking came to in base; NaN: it waited for a rate. */
  take(): number {
    const base = this.recorded?.bookings[this.taken++];
    assert(base !== undefined, 'a recorded effect has as many bookings as its event');
    return base;
  }

  /** Whether a conversion was a flow when it happened: between two currencies that had rates it books nothing. */
  get isFlow(): boolean {
    return (this.recorded?.bookings.length ?? 0) > 0;
  }
}

/** After an event was applied with its recorded effect: units and nav as they were, and the book's effect as recorded. */
export function recallEffect(b: BookParts, account: number, recorded: RecordedEffect): void {
  const { effect } = b;
  recallUnits(b, account, recorded, effect.flowBase);
  effect.rate = recorded.rate;
  effect.equityBefore = recorded.equityBefore;
  effect.navBefore = recorded.navBefore;
  effect.recordedTick = recorded.tick;
  effect.isRecalled = true;
}

/** `flow` of the event in base, minor units; NaN where none was booked. */
function recallUnits(b: BookParts, account: number, recorded: RecordedEffect, flow: number): void {
  const { accounts } = b;
  if (Number.isNaN(recorded.units)) return;
  if (Number.isNaN(accounts.units[account]) || recorded.epoch !== accounts.epoch[account])
    recallBeginning(accounts, account, recorded, Number.isNaN(flow) ? 0 : flow);
  accounts.units[account] = recorded.units;
  accounts.nav[account] = recorded.nav;
  accounts.epoch[account] = recorded.epoch;
  if (recorded.nav === 0 && recorded.units > 0) wipe(accounts, account);
  else accounts.wipedOut[account] = 0;
}

/**
 * Units began, at a nav of 1 and as many as equity had minor units: by the event, or at a tick before it, of which
 * nothing else is recorded. Then nav has moved since, and the event's flow has bought some of the units that there are.
 */
function recallBeginning(a: Accounts, account: number, recorded: RecordedEffect, flow: number): void {
  const { units, nav, navBefore, equityBefore, epoch } = recorded;
  // An epoch follows only on ruin.
  const isAnotherEpoch = epoch > (a.epoch[account] ?? 1);
  if (isAnotherEpoch) a.maxDrawdownLife[account] = -1;
  const netFlow = a.netFlow[account] ?? 0;
  a.dayOpenNav[account] = a.tickNav[account] = 1;
  if (isAnotherEpoch || !(navBefore > 0) || !(nav > 0)) {
    a.peakNav[account] = nav;
    a.peakProfit[account] = units - netFlow;
    a.drawdown[account] = a.maxDrawdown[account] = 0;
    return;
  }
  const peak = Math.max(1, navBefore, nav);
  const begun = Math.round(units > 0 ? units - flow / nav : equityBefore / nav);
  a.peakNav[account] = peak;
  // What was earned when they began, or since: after the event, equity is known again, to the minor unit.
  a.peakProfit[account] = Math.max(begun - (netFlow - flow), Math.round(units * nav) - netFlow);
  a.drawdown[account] = a.maxDrawdown[account] = nav / peak - 1;
  a.maxDrawdownLife[account] = Math.min(a.maxDrawdownLife[account] ?? 0, nav / peak - 1);
}

/** A late booking as it was made: it takes its entry from those that wait. Returns its holding, or -1. */
export function recallLate(b: BookParts, account: number, recorded: RecordedEffect): number {
  const holding = bookRecordedLate(b, account, recorded);
  const flow = recorded.late?.field === 'netFlow' ? (recorded.bookings[0] ?? NaN) : NaN;
  recallUnits(b, account, recorded, flow);
  return holding;
}

/** The account's performance and day as its curve's last row has them. */
export function recallCurve(b: BookParts, account: number, curve: RecordedCurve): void {
  const a = b.accounts;
  takePerformance(a, account, curve);
  a.tickEquity[account] = curve.totalEquity;
  a.tickCash[account] = curve.cashBalance;
  a.tickUnrealized[account] = curve.unrealizedPnl;
  a.tickNetFlow[account] = curve.netFlow;
  b.sessions.resume(account, curve.sessionDate, curve.time);
}
