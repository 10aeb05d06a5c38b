/**
 * The suite's own oracle: the accounting of the product in its most naive form, recomputed from the list of facts and
 * boards of prices, in BigInt. Slow on purpose. Shares no code with the product, nor with any other oracle.
 * Covers what the ledger does today: no corporate actions, exposures, margin, back-dated flows, quote guard.
 */
import { OracleAccount } from './oracle/account.ts';
import type { CashFact, Fact } from './oracle/books.ts';
import { areStorable, residuals } from './oracle/books.ts';
import { tradeFact } from './oracle/facts.ts';
import type { OracleView } from './oracle/inspect.ts';
import { inspectAccount } from './oracle/inspect.ts';
import type { Area, Message } from './oracle/judge.ts';
import { contentOf, isArea, isCurrencyCode, isMessage, judgeShape } from './oracle/judge.ts';
import type { MarkMode, OfferMode, OracleInstrument, PriceMessage } from './oracle/market.ts';
import { Market } from './oracle/market.ts';
import { navAtStart } from './oracle/performance.ts';
import { sessionEnd } from './oracle/session.ts';

export interface OracleOptions {
  readonly base?: string;
  readonly pivot?: string;
  readonly mark?: MarkMode;
  readonly fromSettlements?: OfferMode;
  readonly autoOpen?: boolean;
  readonly dust?: bigint;
  readonly voidsWaitMs?: number;
}

export type OracleVerdict =
  | { readonly applied: true }
  | { readonly duplicate: true }
  /** A rebase, not of the last correction. */
  | { readonly stale: true }
  /** A void, for its target. */
  | { readonly waits: true }
  | { readonly rejected: string };

const applied = { applied: true } as const;
const duplicate = { duplicate: true } as const;
/** A new session alone is no news: what it changes in what is emitted is the day's change. */
const notEmitted = ['sequence', 'day_open_equity', 'day_net_flow'];

export class NaiveOracle {
  private readonly market: Market;
  private readonly accounts = new Map<string, OracleAccount>();
  private readonly base: string;
  private readonly autoOpen: boolean;
  private readonly dust: bigint;
  private readonly voidsWaitMs: number;

  constructor(options: OracleOptions = {}) {
    this.base = options.base ?? 'USD';
    this.autoOpen = options.autoOpen ?? true;
    this.dust = options.dust ?? 100n;
    this.voidsWaitMs = options.voidsWaitMs ?? 5000;
    this.market = new Market(
      options.pivot ?? 'USD',
      options.mark ?? 'mid',
      options.fromSettlements ?? 'unpriced',
    );
  }

  instrument(symbol: string, fields: Partial<OracleInstrument>): void {
    this.market.describe(symbol, fields);
  }

  /** False where it is no price or an older one than the symbol's. Counts from the next tick on. */
  price(symbol: string, message: PriceMessage): boolean {
    return this.market.offer(symbol, message);
  }

  /**
   * A message of the ledger. `time` is the ledger's timestamp, milliseconds; without it the event has the time of the
   * next tick. `ledgerTime` is the timestamp in any case: voids wait by it.
   */
  apply(
    subject: string,
    message: unknown,
    sequence: number,
    time?: number,
    ledgerTime = time,
  ): OracleVerdict {
    if (ledgerTime !== undefined) this.expireVoids(ledgerTime);
    const [area, id = ''] = subject.split('.');
    const known = this.accounts.get(id);
    if (known && sequence <= known.sequence) return duplicate;
    if (known) known.sequence = sequence;
    if (!isArea(area) || !isMessage(message)) return { rejected: 'malformed' };
    const misshapen = judgeShape(area, message);
    if (misshapen) return { rejected: misshapen };
    if (!known && !(area === 'accounts' ? message['type'] === 'open' : this.autoOpen)) {
      return { rejected: 'account_unknown' };
    }
    const account = known ?? new OracleAccount(id, this.base, this.dust, this.market);
    if (time !== undefined) this.rollDay(account, time, false);
    const verdict =
      area === 'accounts'
        ? this.administer(account, message)
        : this.settle(account, area, message, ledgerTime);
    if ('waits' in verdict) {
      account.sequence = sequence;
      this.accounts.set(id, account);
    }
    if ('applied' in verdict) {
      account.sequence = sequence;
      account.hasNews = true;
      account.waitsForTime ||= time === undefined;
      this.accounts.set(id, account);
    }
    return verdict;
  }

  private administer(account: OracleAccount, m: Message): OracleVerdict {
    if (!isCurrencyCode(m['base_currency'])) return { rejected: 'currency_unknown' };
    if (m['type'] === 'close' && !account.isEmpty()) return { rejected: 'account_not_empty' };
    if (typeof m['base_currency'] === 'string' && !account.hasBooked) account.base = m['base_currency'];
    if (typeof m['timezone'] === 'string') account.timezone = m['timezone'];
    if (typeof m['cutover'] === 'string') account.cutover = m['cutover'];
    if (m['type'] === 'open') account.isClosed = false;
    if (m['type'] === 'close') account.isClosed = true;
    return applied;
  }

  private settle(account: OracleAccount, area: Area, m: Message, time = NaN): OracleVerdict {
    const isVoid = m['type'] === 'void';
    const currency =
      area === 'cash' || isVoid ? account.base : this.market.instrument(m['symbol'] as string).currency;
    const key = `${area} ${String(m['id'])}`;
    const content = contentOf(area, m, currency);
    const before = account.seen.get(key) ?? account.waitingVoids.find((each) => each.key === key)?.content;
    if (before !== undefined) return before === content ? duplicate : { rejected: 'id_conflict' };
    if (account.isClosed) return { rejected: 'account_closed' };
    if (isVoid) return this.voidEvent(account, key, content, `${area} ${String(m['of'])}`, time);
    const already = account.facts.length;
    if (![m['currency'], m['fee_currency'], m['to_currency']].every(isCurrencyCode)) {
      return { rejected: 'currency_unknown' };
    }
    const reason = area === 'cash' ? this.applyCash(account, m) : this.applyTrade(account, m);
    if (reason !== null) return { rejected: reason };
    account.seen.set(key, content);
    account.hasBooked = true;
    account.voidable.set(key, account.facts.slice(already));
    const waiting = account.waitingVoids.filter(({ of }) => of === key);
    account.waitingVoids = account.waitingVoids.filter(({ of }) => of !== key);
    for (const each of waiting) this.voidEvent(account, each.key, each.content, key, time);
    return applied;
  }

  /** What is voided has never been: its facts are taken out. */
  private voidEvent(
    account: OracleAccount,
    key: string,
    content: string,
    of: string,
    time: number,
  ): OracleVerdict {
    const facts = account.voidable.get(of);
    if (facts !== undefined) {
      account.voidable.delete(of);
      account.seen.set(key, content);
      account.takeOut(facts);
      // A void cannot be voided: who waited for its id waits no more.
      account.waitingVoids = account.waitingVoids.filter((each) => each.of !== key);
      return applied;
    }
    const comesNoMore =
      account.seen.has(of) || [key, ...account.waitingVoids.map((each) => each.key)].includes(of);
    if (comesNoMore) return { rejected: 'settlement_unknown' };
    account.waitingVoids.push({ key, content, of, until: time + this.voidsWaitMs });
    return { waits: true };
  }

  private expireVoids(time: number): void {
    for (const account of this.accounts.values()) {
      account.waitingVoids = account.waitingVoids.filter(({ until }) => !(time > until));
    }
  }

  private applyTrade(account: OracleAccount, m: Message): string | null {
    const fact = tradeFact(m, this.market);
    if (typeof fact === 'string') return fact;
    if (!this.record(account, [fact], fact.isTransfer ? 'ruin' : 'none')) return 'amount_out_of_range';
    this.market.offerSettled(fact.symbol, fact.price, m['ts'] as number | undefined);
    return null;
  }

  private applyCash(account: OracleAccount, m: Message): string | null {
    const amount = BigInt(m['amount'] as number);
    const mayBeNegative = ['fee', 'dividend', 'interest'].includes(m['type'] as string);
    if (amount === 0n || (amount < 0n && !mayBeNegative)) return 'quantity_not_positive';
    const currency = (m['currency'] as string | undefined) ?? account.base;
    const at = this.market.now;
    const fact = (...entries: CashFact['entries']): Fact => ({ kind: 'cash', at, entries });
    let facts: Fact[];
    switch (m['type']) {
      case 'deposit':
        facts = [fact({ book: 'flow', currency, amount })];
        break;
      case 'withdrawal':
        facts = [fact({ book: 'flow', currency, amount: -amount })];
        break;
      case 'fee':
        facts = [fact({ book: 'fees', currency, amount })];
        break;
      case 'conversion': {
        const other = m['to_currency'] as string;
        const bought = BigInt(m['to_amount'] as number);
        if (bought <= 0n) return 'quantity_not_positive';
        const areRated = [currency, other].every((c) => this.market.isRated(at, c, account.base));
        const book = areRated ? 'converted' : 'flow';
        const legs = [
          { book, currency, amount: -amount },
          { book, currency: other, amount: bought },
        ] as const;
        // Without a rate: what leaves and what comes are two flows, one after the other.
        facts = areRated ? [fact(...legs)] : legs.map((leg) => fact(leg));
        break;
      }
      default:
        facts = [fact({ book: 'income', currency, amount })];
    }
    const isFlow = m['type'] === 'deposit' || m['type'] === 'withdrawal';
    return this.record(account, facts, isFlow ? 'ruin' : 'none') ? null : 'amount_out_of_range';
  }

  /** Takes the facts in, all or none. `ruin`: a flow first sees whether performance has used equity up. */
  private record(account: OracleAccount, facts: readonly Fact[], ruin: 'ruin' | 'none'): boolean {
    account.facts.push(...facts);
    const fits = areStorable(account.books());
    account.forget(facts.length);
    if (!fits) return false;
    for (const fact of facts) {
      const flowsIn = flowOf(fact, this.market);
      const rated = flowsIn !== null && this.market.isRated(fact.at, flowsIn, account.base);
      const before = account.equity();
      if (rated && ruin === 'ruin') account.performance.ruinIfGone(before);
      const flowBefore = account.netFlow();
      account.facts.push(fact);
      if (rated) this.unitize(account, account.netFlow() - flowBefore, before);
    }
    return true;
  }

  private unitize(account: OracleAccount, flow: bigint, before: bigint, after = account.equity()): void {
    const { performance, day } = account;
    const epoch = performance.epochs;
    performance.flowed(flow, before, after, account.isFlat());
    if (performance.epochs > epoch) day.openNav = navAtStart;
  }

  /** A tick at `time`, milliseconds. Returns the accounts that emit: an event or a figure of theirs changed. */
  tick(time?: number): string[] {
    const accounts = [...this.accounts.values()];
    if (time !== undefined) for (const account of accounts) this.rollDay(account, time, true);
    const then = this.market.now;
    this.market.turn();
    const emitting: string[] = [];
    for (const account of accounts) {
      this.bookWhatWaited(account, then);
      const equity = account.equity();
      account.performance.measure(equity, account.netFlow() !== 0n);
      const { nav, epochs } = account.performance;
      account.atTick = { equity, nav, epochs, flow: account.netFlow() };
      const figures = JSON.stringify(inspectAccount(account, this.market), (name, x: unknown) => {
        if (notEmitted.includes(name)) return undefined;
        return typeof x === 'bigint' ? String(x) : x;
      });
      if (account.hasNews || figures !== account.lastFigures) emitting.push(account.id);
      account.hasNews = account.waitsForTime = false;
      account.lastFigures = figures;
    }
    return emitting;
  }

  /** Currencies that have a rate since this tick: what flowed in them enters equity, net flow and units together. */
  private bookWhatWaited(account: OracleAccount, then: number): void {
    const { now } = this.market;
    const late = account.books().bookings.filter((b) => {
      return b.book !== 'converted' && b.at < now && account.inBase(b)?.at === now;
    });
    if (late.length === 0) return;
    const lateFlows = late.filter((b) => b.book === 'flow').map((b) => account.inBase(b)?.amount ?? 0n);
    let before = account.equity((currency) => this.market.isRated(then, currency, account.base));
    const flowed = account.netFlow() - lateFlows.reduce((sum, x) => sum + x, 0n);
    if (flowed !== 0n) account.performance.ruinIfGone(before);
    for (const flow of lateFlows) {
      this.unitize(account, flow, before);
      before += flow;
    }
  }

  /** Ends the account's session if it is over by `time`. Before what came without a time, if the tick brings the time. */
  private rollDay(account: OracleAccount, time: number, isTick: boolean): void {
    const { day, atTick, performance } = account;
    const isOver = day.end !== null && time >= day.end;
    if (isOver && isTick && account.waitsForTime) {
      const isNewEpoch = performance.epochs > atTick.epochs;
      day.openEquity = atTick.equity;
      day.openFlow = atTick.flow;
      day.openNav = isNewEpoch ? navAtStart : (atTick.nav ?? navAtStart);
    } else if (isOver) {
      day.openEquity = account.equity();
      day.openFlow = account.netFlow();
      day.openNav = performance.navAt(account.equity()) ?? navAtStart;
    }
    if (isOver || day.end === null) day.end = sessionEnd(time, account.cutover, account.timezone);
  }

  /** cash + cost of spot positions - (flow + realized + income - fees + converted) by currency: all zero. */
  identity(id: string): Record<string, bigint> {
    const account = this.accounts.get(id);
    return account ? residuals(account.books(), this.market) : {};
  }

  /** The account as `inspect --json` prints it, money as BigInt; null where there is none. */
  inspect(id: string): OracleView | null {
    const account = this.accounts.get(id);
    return account ? inspectAccount(account, this.market) : null;
  }

  get accountIds(): string[] {
    return [...this.accounts.keys()];
  }
}

/** The currency of the fact's flow, null where it is none. */
function flowOf(fact: Fact, market: Market): string | null {
  if (fact.kind === 'trade') return fact.isTransfer ? market.instrument(fact.symbol).currency : null;
  return fact.entries.find((e) => e.book === 'flow')?.currency ?? null;
}
