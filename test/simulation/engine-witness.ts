/**
 * Watches what engines tell the world while it happens. An emission must come after everything that it rests on is in
 * the effect log, must say what the log and the oracle say, and never go back: not in tick, not in sequence, not from
 * one engine to the next.
 */
import type { AccountView } from '../../src/domain/account-view.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { EquityUpdate } from '../../src/domain/equity-update.ts';
import type { EngineQueries } from '../../src/ports.ts';
import type { Random } from '../../src/random.ts';
import type { EffectAudit } from './effect-audit.ts';
import type { EngineModel } from './engine-model.ts';
import type { ExpectedLedger } from './expected-ledger.ts';
import { localBookings } from './local-bookings.ts';
import { fail, shown } from './simulation-failure.ts';
import { standIns, valuation } from './valuation.ts';
import type { SimulatedServer } from './server.ts';

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
  private readonly last = new Map<string, { tick: number; sequence: number }>();

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
    this.last.set(u.accountId, { tick: u.tick, sequence: u.sequence });
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
    if (e.event.kind === 'booked') {
      const { amount, currency } = e.event;
      const said = e.bookings[0];
      model.atTick(Infinity, () => {
        const wanted = market.convert(market.now, BigInt(amount), currency, 'USD');
        if (wanted === null || Number(wanted) !== said) {
          fail(`${what} books ${amount} ${currency} late as ${said}, expected ${wanted}`);
        }
      });
      return;
    }
    const fact = expected.elements[e.sequence]?.[e.index]?.fact ?? null;
    if (fact === null) return;
    const local = localBookings(fact, BigInt(e.realized), market);
    if (e.bookings.length === 0 && fact.kind === 'cash') {
      if (!local.every(({ currency }) => market.isRated(market.now, currency, 'USD'))) {
        fail(`${what} converts a currency without a rate`);
      }
      return;
    }
    local.forEach(({ field, currency, amount }, i) => {
      const wanted = market.convert(market.now, amount, currency, 'USD');
      const said = e.bookings[i];
      if (wanted === null ? !Number.isNaN(said) : Number(wanted) !== said) {
        fail(`${what} books ${field} of ${amount} ${currency} as ${said}, expected ${wanted}`);
      }
    });
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
    const wanted = valuation(expected.booksAt(account, u.sequence), model.market, standIns(view, expected));
    const said = {
      cash: BigInt(u.cashBalance),
      positions: BigInt(u.positionValue),
      unrealized: BigInt(u.unrealizedPnl),
    };
    if (shown(said) !== shown(wanted)) fail(`${what} says ${shown(said)}, expected ${shown(wanted)}`);
  }
}
