/**
 * The book as the engine drives it, without engine, actors and NATS: real decoders in front, real conflation beside it.
 * Spoken to as the oracle is, so that a test can do the same to both.
 */
import { lifecycleTable } from '../../actors/account-lifecycle.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { CurveRow, EquityUpdate } from '../../src/domain/equity-update.ts';
import { InstrumentTable } from '../../src/domain/instrument.ts';
import type { LedgerMessage } from '../../src/domain/ledger-event.ts';
import type { RecordedEffect } from '../../src/domain/recorded.ts';
import type { Rejected } from '../../src/domain/rejection.ts';
import { minutesOf } from '../../src/domain/session-day.ts';
import { SymbolTable } from '../../src/domain/symbol-table.ts';
import { Book } from '../../src/ledger/book.ts';
import { valueOf } from '../../src/ledger/position.ts';
import { LedgerDecoder } from '../../streams/codec/ledger-message.ts';
import { PriceDecoder } from '../../streams/codec/price-decoder.ts';
import { SymbolLookup } from '../../streams/codec/symbol-lookup.ts';
import { PriceConflater } from '../../streams/operators/conflate-prices.ts';
import type { OracleOptions, OracleVerdict } from './oracle.ts';

export interface BenchOptions extends OracleOptions {
  /** Events have the ledger's time, as with `tick.source: clock`, not that of the next tick. */
  readonly eventsHaveTime?: boolean;
  readonly idsKept?: number;
  readonly voidsWaitMs?: number;
}

type FlatJson = null | string | number | boolean | FlatJson[] | { [name: string]: FlatJson };

/** Beyond any `ts` of a test, so that no price lies in the future. */
const clockMs = 4_000_000_000_000;

export class LedgerBench {
  readonly symbols = new SymbolTable();
  readonly book: Book;
  /** Symbols whose price was held back because a mark would not fit. */
  readonly held: string[] = [];
  /** The effect of the event applied last, copied. */
  lastEffect: Effect | null = null;
  private readonly instruments = new InstrumentTable(this.symbols);
  private readonly ledger = new LedgerDecoder(this.symbols);
  private readonly conflater: PriceConflater;
  private readonly prices: PriceDecoder;
  private readonly verdicts: OracleVerdict[] = [];
  /** Everything that came, as LEDGER would have it: a void needs its account's past. */
  private readonly past: { subject: string; text: string; sequence: number; time: number }[] = [];
  /** Voids that were refused because their target did not come: the account, and where their messages were. */
  readonly expired: { account: string; sequence: number; index: number }[] = [];
  /** By account: what all effects so far booked in base, by the name of the figure it is part of. */
  readonly effectSums = new Map<string, Record<'realized_pnl' | 'fees' | 'income' | 'net_flow', number>>();
  /** Amounts that were booked in base when their rate arrived. */
  lateCount = 0;
  /** By sequence and index: what the effect log would hold. */
  readonly records = new Map<string, RecordedEffect>();
  private current = 0;
  private ticks = 0;

  constructor(options: BenchOptions = {}) {
    this.book = new Book(
      {
        baseCurrency: options.base ?? 'USD',
        pivot: options.pivot ?? 'USD',
        timezone: 'America/New_York',
        cutoverMinutes: minutesOf('17:00') ?? 0,
        autoOpen: options.autoOpen ?? true,
        marksAtExit: options.mark === 'exit',
        dustMinor: Number(options.dust ?? 100n),
        idsKept: options.idsKept ?? 1024,
        voidsWaitMs: options.voidsWaitMs ?? 5000,
        staleAfterMs: 60_000,
        eventsTakeTickTime: options.eventsHaveTime !== true,
      },
      this.instruments,
      lifecycleTable(),
    );
    this.conflater = new PriceConflater(
      {
        mark: options.mark ?? 'mid',
        fromSettlements: options.fromSettlements ?? 'unpriced',
        maxFutureMs: 5000,
        maxMovePercent: 0,
        confirmTicks: 3,
      },
      { now: () => clockMs, every: () => () => undefined, turn: () => Promise.resolve() },
    );
    this.prices = new PriceDecoder(new SymbolLookup(this.symbols), this.instruments, this.conflater);
  }

  /** What stands in the way, or null. */
  instrument(symbol: string, fields: object): string | null {
    return this.book.setInstrument(this.symbols.intern(symbol), fields);
  }

  price(symbol: string, message: object): void {
    this.prices.one(this.symbols.intern(symbol), Buffer.from(JSON.stringify(message)));
  }

  /** A message with one element. */
  apply(subject: string, message: unknown, sequence: number, time = NaN): OracleVerdict {
    const { accounts } = this.book;
    const row = accounts.find(subject.split('.')[1] ?? '');
    const isOld = row >= 0 && sequence <= (accounts.sequence[row] ?? 0);
    const [verdict] = this.applyText(subject, JSON.stringify(message), sequence, time);
    return verdict ?? (isOld ? { duplicate: true } : { waits: true });
  }

  /** A message as text; the verdict of each of its elements. None: the account has had the sequence. */
  applyText(subject: string, text: string, sequence: number, time = NaN): OracleVerdict[] {
    const message = this.ledger.decode(Buffer.from(subject), Buffer.from(text), sequence, time);
    this.verdicts.length = 0;
    if (this.book.voiding.concerns([message])) this.readPast(message);
    this.past.push({ subject, text, sequence, time });
    this.current = sequence;
    this.book.apply(this.book.accounts.find(message.account), message, this);
    return [...this.verdicts];
  }

  /** What the other one's ledger and effect log hold: this one begins where that one is. */
  sharePast(other: LedgerBench): void {
    this.past.push(...other.past);
    for (const [place, record] of other.records) this.records.set(place, record);
  }

  private readPast(message: LedgerMessage): void {
    const rebuild = this.book.voiding.rebuildFor(message);
    if (rebuild === null) return;
    for (const { subject, text, sequence, time } of this.past) {
      if (subject.split('.')[1] !== message.account) continue;
      rebuild.take(this.ledger.decode(Buffer.from(subject), Buffer.from(text), sequence, time));
    }
    for (const place of rebuild.wanted()) {
      const recorded = this.records.get(`${place.sequence}.${place.index}`);
      if (recorded !== undefined) rebuild.learn(recorded);
    }
    this.book.voiding.provide(rebuild);
  }

  applied(effect: Effect): void {
    this.verdicts.push({ applied: true });
    this.addEffect(effect);
    this.lastEffect = { ...effect };
    this.records.set(`${effect.sequence}.${effect.index}`, recordOf(effect));
    const { event } = effect;
    if ('direction' in event) this.conflater.offerFromSettlement(event.symbol, effect.price, event.ts);
  }

  bookedLate(effect: Effect): void {
    this.lateCount++;
    this.addEffect(effect);
  }

  private addEffect(e: Effect): void {
    const sums = this.effectSums.get(e.accountId) ?? { realized_pnl: 0, fees: 0, income: 0, net_flow: 0 };
    this.effectSums.set(e.accountId, sums);
    // NaN: it waits, and comes as an effect of its own.
    sums.realized_pnl += e.realizedBase || 0;
    sums.fees += e.feesBase || 0;
    sums.income += e.incomeBase || 0;
    sums.net_flow += e.flowBase || 0;
  }

  duplicate(): void {
    this.verdicts.push({ duplicate: true });
  }

  stale(): void {
    this.verdicts.push({ stale: true });
  }

  rejected({ account, sequence }: LedgerMessage, index: number, { reason }: Rejected): void {
    if (sequence === this.current) this.verdicts.push({ rejected: reason });
    else this.expired.push({ account, sequence, index });
  }

  voidWaits(): void {
    // What waits shows in what becomes of it.
  }

  voidWaited(): void {
    // The same.
  }

  /** What came of prices counts without a tick, as the marks that are back after a start. */
  mark(): void {
    this.book.beginTick(NaN, this.conflater.take(), () => undefined);
  }

  /** Returns the accounts that emit, sorted; `emit` sees each update. */
  tick(time?: number, emit: (update: EquityUpdate) => void = () => undefined): string[] {
    const { book } = this;
    this.ticks++;
    const at = time ?? this.ticks;
    const emitted: string[] = [];
    book.beginTick(at, this.conflater.take(), (symbol) => this.held.push(this.symbols.name(symbol)));
    for (let i = 0; i < book.dirtyCount; i++) {
      const update = book.closeTick(book.dirtyRows[i] ?? 0, at, at, this);
      if (update === null) continue;
      emitted.push(update.accountId);
      emit(update);
    }
    book.endTick();
    return emitted.sort();
  }

  /** The curve's period is over. */
  curve(): CurveRow[] {
    const rows: CurveRow[] = [];
    this.book.drainCurve((row) => rows.push({ ...row }));
    return rows;
  }

  /** In the names of the wire. */
  inspect(id: string): Record<string, FlatJson> | null {
    const view = this.book.view(id);
    if (view === null) return null;
    const flat = snakeCase(view as unknown as FlatJson) as Record<string, FlatJson>;
    return { ...flat, realized_net: view.realizedPnl - view.fees };
  }

  /** From the ledger's columns: cash + cost of spot positions - (flow + realized + income - fees + converted). */
  identity(id: string): Record<string, bigint> {
    const { accounts, pockets, holdings, rates } = this.book['parts'];
    const account = accounts.find(id);
    const left: Record<string, bigint> = {};
    const add = (currency: string, amount: bigint): void => {
      left[currency] = (left[currency] ?? 0n) + amount;
    };
    for (let row = accounts.firstPocket[account] ?? -1; row >= 0; row = pockets.next[row] ?? -1) {
      const of = (column: Float64Array): bigint => BigInt(column[row] ?? NaN);
      const inflow = of(pockets.flow) + of(pockets.realized) + of(pockets.income) + of(pockets.converted);
      add(rates.currency(pockets.pair[row] ?? 0), of(pockets.cash) - inflow + of(pockets.fees));
    }
    for (let row = accounts.firstHolding[account] ?? -1; row >= 0; row = holdings.next[row] ?? -1) {
      const { currency, margined } = this.instruments.get(holdings.symbolOf(row));
      if (!margined) add(currency, BigInt(holdings.cost[row] ?? NaN));
    }
    return left;
  }

  /** The account's totals, each beside the sum of what it is the total of, computed anew from the rows. */
  totals(id: string): { name: string; kept: number; summed: bigint }[] {
    const { accounts: a, pockets, holdings, rates, marking } = this.book['parts'];
    const account = a.find(id);
    const sums = { cashBalance: 0n, localValue: 0n, spotCost: 0n, foreignValue: 0n, foreignUnrealized: 0n };
    const inBase = (pair: number, amount: bigint): bigint =>
      rates.hasRate(pair) ? BigInt(rates.convert(pair, Number(amount))) : 0n;
    for (let row = a.firstPocket[account] ?? -1; row >= 0; row = pockets.next[row] ?? -1) {
      sums.cashBalance += inBase(pockets.pair[row] ?? 0, BigInt(pockets.cash[row] ?? 0));
    }
    for (let row = a.firstHolding[account] ?? -1; row >= 0; row = holdings.next[row] ?? -1) {
      const lane = holdings.laneOf(row);
      const quantity = holdings.quantity[row] ?? 0;
      const cost = BigInt(holdings.cost[row] ?? 0);
      const instrument = this.instruments.get(lane.symbol);
      const price = marking.markOf(lane.symbol, quantity);
      const value = this.book.hasMark(lane.symbol) ? BigInt(valueOf(quantity, price, instrument)) : cost;
      const counted = instrument.margined ? value - cost : value;
      if (lane.isForeign) {
        sums.foreignValue += inBase(lane.pair, counted);
        sums.foreignUnrealized += inBase(lane.pair, value - cost);
      } else {
        sums.localValue += counted;
        if (!instrument.margined) sums.spotCost += cost;
      }
    }
    return Object.entries(sums).map(([name, summed]) => {
      return { name, kept: a[name as keyof typeof sums][account] ?? NaN, summed };
    });
  }
}

/** An effect as it is recorded. */
export function recordOf(effect: Effect): RecordedEffect {
  const { event, accountId, bookings } = effect;
  const late = event.kind === 'booked' ? event : null;
  return { ...effect, account: accountId, bookings: [...bookings], tick: NaN, late };
}

function snakeCase(x: FlatJson): FlatJson {
  if (Array.isArray(x)) return x.map(snakeCase);
  if (typeof x !== 'object' || x === null) return x;
  const named = Object.entries(x).map(([name, value]): [string, FlatJson] => {
    // Keys of `cash` are currencies, not names.
    return [name, name === 'cash' ? value : snakeCase(value)];
  });
  return Object.fromEntries(
    named.map(([name, value]) => [name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]),
  );
}
