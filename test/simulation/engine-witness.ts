/**
 * Watches what engines tell the world while it happens. An emission must come after everything that it rests on is in
 * the effect log, must say what the log and the oracle say, and never go back: not in tick, not in sequence, not from
 * one engine to the next.
 */
import type { AccountView } from '../../src/domain/account-view.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { EquityUpdate } from '../../src/domain/equity-update.ts';
import type { RecordedEffect } from '../../src/domain/recorded.ts';
import type { EngineQueries } from '../../src/ports.ts';
import type { Random } from '../../src/random.ts';
import type { EffectAudit } from './effect-audit.ts';
import { undoneFields } from './effect-audit.ts';
import type { EngineModel } from './engine-model.ts';
import type { ExpectedElement, Undone } from './expected-account.ts';
import type { ExpectedLedger } from './expected-ledger.ts';
import { undoneInBase } from './expected-undoing.ts';
import { localBookings } from './local-bookings.ts';
import { fail, shown } from './simulation-failure.ts';
import { standIns, valuation } from './valuation.ts';
import type { SimulatedServer } from './server.ts';
import { framedCurves } from './simulated-frames.ts';

/** When the session that simulations begin in ends: 17:00 in New York. */
const cutOver = Date.parse('2026-03-06T22:00:00Z');

/** What was said of an account last; `equities` since its ledger and its flows were the same, oldest first. */
interface Said {
  readonly by: EngineModel;
  readonly tick: number;
  readonly sequence: number;
  readonly netFlow: number;
  readonly time: number;
  readonly equities: readonly number[];
}

export interface Opening {
  readonly what: string;
  readonly account: string;
  readonly equity: number;
  /** Equities that were said before it. */
  readonly said: readonly number[];
}

type Told = Pick<RecordedEffect, 'bookings' | 'rate'>;

/** What is seen of an engine. */
export interface Watched {
  readonly model: EngineModel;
  readonly queries: EngineQueries;
}

/** Share of emissions and effects whose equity is computed from the first fact on. */
const share = 0.04;

export class EngineWitness {
  emissions = 0;
  private readonly server: SimulatedServer;
  private readonly expected: ExpectedLedger;
  private readonly audit: EffectAudit;
  private readonly random: Random;
  private readonly last = new Map<string, Said>();
  /** No clock was set: sessions end when time says so, at an event or at a tick. */
  isTimeSteady = true;
  /** What days opened at of which it is known. */
  readonly openings: Opening[] = [];
  /** By sequence and index, of each engine: one that is replaced goes on for a while by what it said itself. */
  private readonly told = new WeakMap<EngineModel, Map<string, Told>>();

  constructor(server: SimulatedServer, expected: ExpectedLedger, audit: EffectAudit, random: Random) {
    this.server = server;
    this.expected = expected;
    this.audit = audit;
    this.random = random;
  }

  emitted({ model, queries }: Watched, u: EquityUpdate): void {
    const { expected, audit } = this;
    this.emissions++;
    const what = `the emission of ${u.accountId} at tick ${u.tick}, sequence ${u.sequence}`;
    const before = this.last.get(u.accountId);
    if (before !== undefined && u.tick <= before.tick) fail(`${what} comes after one at tick ${before.tick}`);
    if (before !== undefined && u.sequence < before.sequence) {
      fail(`${what} comes after one at sequence ${before.sequence}`);
    }
    if (before !== undefined) this.checkDay(before, model, u, what);
    const isSame = before?.sequence === u.sequence && before.netFlow === u.netFlow;
    this.last.set(u.accountId, {
      by: model,
      tick: u.tick,
      sequence: u.sequence,
      netFlow: u.netFlow,
      time: u.timestamp,
      equities: [...(isSame ? before.equities : []), u.totalEquity],
    });
    audit.read();
    expected.read(this.server.ledger);
    const account = expected.accounts.get(u.accountId);
    if (account === undefined) fail(`${what}, an account that was never opened`);
    const applied = expected.appliedThrough(account, u.sequence);
    const recorded = audit.countThrough(u.accountId, u.sequence);
    if (recorded !== applied) fail(`${what} rests on ${applied} events, of which ${recorded} are recorded`);
    const totals = audit.totalsAt(u.accountId, u.sequence, u.tick);
    const said = { realized: u.realizedPnl, fees: u.fees, income: u.income, netFlow: u.netFlow };
    if (shown(said) !== shown(totals)) fail(`${what} says ${shown(said)}, recorded is ${shown(totals)}`);
    this.checkNav(u, what);
    if (this.random.chance(share)) {
      model.atTick(u.tick, () => this.checkEquity(model, queries.inspect(u.accountId), u, what));
    }
  }

  /** An event is valued, or booked late: at the marks of the last tick. */
  recorded({ model }: Watched, e: Effect): void {
    const { expected } = this;
    const { market } = model;
    expected.read(this.server.ledger);
    const what = `LEDGER ${e.sequence}, element ${e.index} of ${e.accountId}`;
    const { base } = expected.accounts.get(e.accountId) ?? fail(`${what}, an account that was never opened`);
    if (e.event.kind === 'booked') {
      const { amount, currency } = e.event;
      const said = e.bookings[0];
      model.atTick(Infinity, () => {
        const wanted = market.convert(market.now, BigInt(amount), currency, base);
        if (wanted === null || Number(wanted) !== said) {
          fail(`${what} books ${amount} ${currency} late as ${said}, expected ${wanted}`);
        }
      });
      return;
    }
    const element = expected.elements[e.sequence]?.[e.index];
    const own = this.told.get(model) ?? new Map<string, Told>();
    this.told.set(model, own);
    own.set(`${e.sequence}:${e.index}`, { bookings: [...e.bookings], rate: e.rate });
    if (element?.undone) this.checkUndone(element.undone, own, e, what);
    const fact = element?.fact ?? null;
    if (fact === null) return;
    const local = localBookings(fact, BigInt(e.realized), market);
    if (e.bookings.length === 0 && fact.kind === 'cash') {
      if (!local.every(({ currency }) => market.isRated(market.now, currency, base))) {
        fail(`${what} converts a currency without a rate`);
      }
      return;
    }
    local.forEach(({ field, currency, amount }, i) => {
      const wanted = market.convert(market.now, amount, currency, base);
      const said = e.bookings[i];
      if (wanted === null ? !Number.isNaN(said) : Number(wanted) !== said) {
        fail(`${what} books ${field} of ${amount} ${currency} as ${said}, expected ${wanted}`);
      }
    });
  }

  /** At whatever rates there are now, what was booked is taken back as it was booked. */
  private checkUndone(undone: Undone, own: ReadonlyMap<string, Told>, e: Effect, what: string): void {
    const { expected, audit } = this;
    audit.read();
    const recordOf = ({ sequence, index }: ExpectedElement): Told | undefined => {
      const key = `${sequence}:${index}`;
      return own.get(key) ?? audit.records.get(key);
    };
    const account = expected.accounts.get(e.accountId)!;
    const wanted = undoneInBase(account, undone, expected.market, recordOf);
    undoneFields.forEach((field, place) => {
      const [said, due] = [e.bookings[place], wanted[field]];
      if (due !== null && Number(due) !== said)
        fail(`${what} takes back ${said} of ${field}, expected ${due}`);
    });
  }

  /** Of an account that only prices moved. What was said by who was killed, its successor knows from the curve. */
  private checkDay(before: Said, model: EngineModel, u: EquityUpdate, what: string): void {
    const { by, sequence, netFlow, time, equities } = before;
    if (!this.isTimeSteady || !(time < cutOver && u.timestamp >= cutOver)) return;
    if (sequence !== u.sequence || netFlow !== u.netFlow) return;
    if (by !== model && new Map(framedCurves(this.server)).get(u.accountId)?.sequence !== sequence) return;
    this.openings.push({ what, account: u.accountId, equity: u.totalEquity - u.dayChange, said: equities });
  }

  private checkNav(u: EquityUpdate, what: string): void {
    const units = this.audit.unitsAt(u.accountId, u.sequence, u.tick);
    if (!(units > 0) || !(u.nav > 0)) return;
    const wanted = u.totalEquity / units;
    if (Math.abs(wanted - u.nav) > 1e-9 * wanted) fail(`${what} has nav ${u.nav}, expected ${wanted}`);
  }

  private checkEquity(model: EngineModel, view: AccountView | null, u: EquityUpdate, what: string): void {
    const { expected } = this;
    const account = expected.accounts.get(u.accountId)!;
    const wanted = valuation(
      account.booksAt(u.sequence),
      model.market,
      account.base,
      standIns(view, expected),
    );
    const said = {
      cash: BigInt(u.cashBalance),
      positions: BigInt(u.positionValue),
      unrealized: BigInt(u.unrealizedPnl),
    };
    if (shown(said) !== shown(wanted)) fail(`${what} says ${shown(said)}, expected ${shown(wanted)}`);
  }
}
