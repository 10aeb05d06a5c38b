/**
 * What a rebuild says was applied, by account: how many events, of which LEDGER sequences, and what they moved, in sums
 * that ClickHouse can say of its rows too. Told by the book; compares nothing.
 */
import type { Effect } from '../../domain/effect.ts';
import { cashKinds } from '../../domain/ledger-event.ts';
import { IndifferentJudge } from '../rebuild/indifferent-judge.ts';

/** The tables that have a row for each applied event, or for each of some kinds. */
export const rowTables = ['effects', 'settlements', 'cash_flows'] as const;
export type RowTable = (typeof rowTables)[number];

/** Sums over the rows of a table; money in minor units of whatever currency each row has. */
export interface Tally {
  rows: number;
  /** LEDGER sequences, modulo 2^32: exact in a double whatever the number of rows. */
  sequences: number;
  cash: number;
  realized: number;
}

export type Tallies = Readonly<Record<RowTable, Tally>>;

/** An event that was applied, as far as its rows can be found by it. */
export interface AppliedEvent {
  readonly account: string;
  readonly sequence: number;
  readonly index: number;
}

export const sequenceModulus = 2 ** 32;

export class TallyJudge extends IndifferentJudge {
  /** The event applied last, of any account. */
  last: AppliedEvent | null = null;
  private readonly accounts = new Map<string, Tallies & { last: number }>();

  of(account: string): Tallies {
    return this.accounts.get(account) ?? emptyTallies();
  }

  /** LEDGER sequence of the event applied last to the account; 0 where there is none. */
  lastOf(account: string): number {
    return this.accounts.get(account)?.last ?? 0;
  }

  override applied(effect: Effect): void {
    const { accountId: account, sequence, index } = effect;
    let tallies = this.accounts.get(account);
    if (tallies === undefined) this.accounts.set(account, (tallies = { ...emptyTallies(), last: 0 }));
    tallies.last = sequence;
    for (const table of tablesOf(effect.event)) add(tallies[table], effect);
    this.last = { account, sequence, index };
  }
}

/** Where an event has a row; a void stands beside what it undoes. */
export function tablesOf(event: Effect['event']): readonly RowTable[] {
  const { kind } = event;
  const isCash = cashKinds.some((cash) => cash === kind) || (event.kind === 'void' && event.area === 'cash');
  if (isCash) return ['effects', 'cash_flows'];
  return kind === 'fill' || kind === 'transfer' || kind === 'void' ? ['effects', 'settlements'] : ['effects'];
}

export function emptyTallies(): Tallies {
  const empty = (): Tally => ({ rows: 0, sequences: 0, cash: 0, realized: 0 });
  return { effects: empty(), settlements: empty(), cash_flows: empty() };
}

function add(tally: Tally, { sequence, cashEffect, realized }: Effect): void {
  tally.rows++;
  tally.sequences = (tally.sequences + sequence) % sequenceModulus;
  tally.cash += cashEffect;
  tally.realized += realized;
}
