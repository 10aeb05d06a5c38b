/**
 * Reads the effect log as it grows and holds it to LEDGER: every applied element recorded once, with as many bookings as
 * the oracle has, units that follow from flows. Knows what the log says that an account has booked in base.
 */
import type { BookField } from '../../src/domain/effect.ts';
import type { RecordedEffect } from '../../src/domain/recorded.ts';
import { readEffects } from '../../streams/codec/effect-record.ts';
import type { ExpectedLedger } from './expected-ledger.ts';
import { countThrough } from './expected-ledger.ts';
import { localBookings } from './local-bookings.ts';
import type { SimulatedServer } from './server.ts';
import { fail } from './simulation-failure.ts';

export type Totals = Record<BookField, number>;

/** What a void books in base, in order. */
export const undoneFields = ['realized', 'fees', 'income', 'netFlow'] as const;

interface Entry {
  readonly effect: RecordedEffect;
  readonly booked: Totals;
}

interface Ledgered {
  readonly entries: Entry[];
  /** Of those that are no late bookings. */
  readonly sequences: number[];
  readonly totals: Totals;
  units: number;
  epoch: number;
}

export class EffectAudit {
  readonly accounts = new Map<string, Ledgered>();
  /** By sequence and index. */
  readonly records = new Map<string, RecordedEffect>();
  readonly late: RecordedEffect[] = [];
  private readonly server: SimulatedServer;
  private readonly expected: ExpectedLedger;
  private at = 0;

  constructor(server: SimulatedServer, expected: ExpectedLedger) {
    this.server = server;
    this.expected = expected;
  }

  read(): void {
    const { effects, ledger } = this.server;
    if (this.at === effects.length) return;
    this.expected.read(ledger);
    for (; this.at < effects.length; this.at++) {
      const body = effects[this.at]?.body;
      if (body) readEffects(body, (effect) => this.add(effect));
    }
  }

  /** What the log says an account had booked in base when it was at a LEDGER sequence and a tick. */
  totalsAt(account: string, sequence: number, tick: number): Totals {
    const known = this.accounts.get(account);
    if (known === undefined) return noTotals();
    const last = known.entries.at(-1)?.effect;
    if (last === undefined || (last.sequence <= sequence && !(last.late !== null && last.tick > tick))) {
      return known.totals;
    }
    const totals = noTotals();
    for (const { effect, booked } of known.entries) {
      if (effect.sequence <= sequence && !(effect.late !== null && effect.tick > tick)) add(totals, booked);
    }
    return totals;
  }

  /** Units after the last record up to a sequence and tick; NaN where there are none. */
  unitsAt(account: string, sequence: number, tick: number): number {
    const entries = this.accounts.get(account)?.entries ?? [];
    for (let i = entries.length - 1; i >= 0; i--) {
      const { effect } = entries[i]!;
      if (effect.sequence <= sequence && !(effect.late !== null && effect.tick > tick)) return effect.units;
    }
    return NaN;
  }

  /** How many elements of an account are recorded up to a sequence. */
  countThrough(account: string, sequence: number): number {
    return countThrough(this.accounts.get(account)?.sequences ?? [], sequence);
  }

  private add(effect: RecordedEffect): void {
    if (effect.late !== null) {
      this.addLate(effect);
      return;
    }
    const { sequence, index } = effect;
    const what = `LEDGER ${sequence}, element ${index}`;
    const element = this.expected.elements[sequence]?.[index];
    if (element === undefined) fail(`an effect of ${what}, which is not there`);
    if (element.verdict !== '') fail(`an effect of ${what}, which is ${element.verdict}`);
    const key = `${sequence}:${index}`;
    if (this.records.has(key)) fail(`two effects of ${what}`);
    this.records.set(key, effect);
    const { fact, undone } = element;
    const fields = fact === null ? [] : localBookings(fact, 0n, this.expected.market).map((b) => b.field);
    if (undone !== null) fields.push(...undoneFields);
    const { bookings } = effect;
    const isConversion = fact?.kind === 'cash' && fact.entries.length === 2;
    const isConverted = isConversion && bookings.length === 0;
    if (bookings.length !== fields.length && !isConverted) {
      fail(`${what} has ${bookings.length} bookings, expected ${fields.length}`);
    }
    const booked = noTotals();
    bookings.forEach((base, i) => {
      if (!Number.isNaN(base)) booked[fields[i]!] += base;
    });
    const account = this.account(element.account);
    // Of a conversion that was two flows each has an equity before it; only the first one's is recorded.
    if (undone !== null) this.checkUndone(account, effect, what);
    else if (!isConversion) {
      this.checkUnits(account, effect, booked.netFlow, fields.includes('netFlow'), what);
    }
    this.push(account, effect, booked);
  }

  private addLate(effect: RecordedEffect): void {
    const booked = noTotals();
    booked[effect.late!.field] += effect.bookings[0] ?? NaN;
    this.late.push(effect);
    this.push(this.account(effect.account), effect, booked);
  }

  private push(account: Ledgered, effect: RecordedEffect, booked: Totals): void {
    account.entries.push({ effect, booked });
    if (effect.late === null) account.sequences.push(effect.sequence);
    add(account.totals, booked);
    account.units = effect.units;
    account.epoch = effect.epoch;
  }

  /** Equity that is corrected takes units along: nav stands still until a rebase says what it is. */
  private checkUndone(account: Ledgered, e: RecordedEffect, what: string): void {
    if (e.bookings.some(Number.isNaN)) fail(`${what} takes back what it does not say`);
    const before = account.units;
    // Equity is what it was: nav is told at the next tick.
    if (e.units === before) return;
    // None yet, ruined, or none left: where nav begins anew, history says how.
    if (!(before > 0) || !(e.equityBefore > 0) || !(e.units > 0) || account.epoch !== e.epoch) return;
    const wanted = e.equityBefore / before;
    if (e.navBefore === 0 || Math.abs(e.nav - wanted) <= 1e-9 * wanted) return;
    fail(`${what} takes nav to ${e.nav}, it was ${wanted}`);
  }

  /** A flow of F at nav n buys F / n units; nothing else changes units. */
  private checkUnits(
    account: Ledgered,
    e: RecordedEffect,
    flow: number,
    isFlow: boolean,
    what: string,
  ): void {
    const before = account.units;
    if (Number.isNaN(before) || before <= 0 || account.epoch !== e.epoch) return;
    if (!isFlow || flow === 0) {
      // A late booking of the account may lie between; it is recorded too.
      if (e.units !== before) fail(`${what} changed units from ${before} to ${e.units} without a flow`);
      return;
    }
    // Wiped out: a flow buys nothing. Emptied: no units are left.
    if (!(e.equityBefore > 0) || e.nav === 0 || e.units === 0) return;
    const wanted = before + flow / (e.equityBefore / before);
    if (Math.abs(wanted - e.units) > 1e-9 * Math.max(Math.abs(wanted), before)) {
      fail(`${what}: a flow of ${flow} took units from ${before} to ${e.units}, expected ${wanted}`);
    }
  }

  private account(id: string): Ledgered {
    let account = this.accounts.get(id);
    if (account === undefined) {
      account = { entries: [], sequences: [], totals: noTotals(), units: NaN, epoch: 1 };
      this.accounts.set(id, account);
    }
    return account;
  }
}

function noTotals(): Totals {
  return { realized: 0, fees: 0, income: 0, netFlow: 0 };
}

function add(to: Totals, more: Totals): void {
  for (const field of ['realized', 'fees', 'income', 'netFlow'] as const) to[field] += more[field];
}
