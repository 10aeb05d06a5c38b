/**
 * The engine's wiring: streams into actors, actors into streams. No process, no environment, no NATS: everything from
 * outside comes as a port, so that a simulation runs exactly this.
 */
import { Observable, concatMap, filter, from, map } from 'rxjs';
import type { Subscription } from 'rxjs';
import { createActor } from 'xstate';
import { lifecycleTable } from '../actors/account-lifecycle.ts';
import type { Desk } from '../actors/desk.ts';
import { partitionLogic } from '../actors/partition.ts';
import type { PartitionActor } from '../actors/partition.ts';
import type { Config } from '../config/load.ts';
import { limits } from '../config/limits.ts';
import { periodMs } from '../config/period.ts';
import { PriceConflater } from '../streams/operators/conflate-prices.ts';
import { conflateUntilTick } from '../streams/operators/conflate-until-tick.ts';
import { Alerting } from './alerting.ts';
import { Counters } from './counters.ts';
import { CurveWriter } from './curve-writer.ts';
import type { Effect } from './domain/effect.ts';
import type { EquityUpdate } from './domain/equity-update.ts';
import type { InstrumentFields, InstrumentTable } from './domain/instrument.ts';
import type { LedgerMessage } from './domain/ledger-event.ts';
import type { PriceChanges } from './domain/price-change.ts';
import type { Rejected } from './domain/rejection.ts';
import { minutesOf } from './domain/session-day.ts';
import { Book } from './ledger/book.ts';
import type { DeadLetter, Ports, PriceIntake, TickMessage } from './ports.ts';
import { engineQueries } from './queries.ts';
import { LedgerIntake } from './ledger-intake.ts';
import { offerRecorded } from './recorded-prices.ts';
import { TickGate } from './tick-gate.ts';

export interface App {
  /** Resolves when the partition is live. */
  start(): Promise<void>;
  /** Drains: nothing half applied, everything framed and acknowledged. */
  stop(): Promise<void>;
  /** Rejects when the engine cannot go on. */
  readonly failed: Promise<never>;
}

export function createApp(ports: Ports, config: Config, instruments: InstrumentTable): App {
  return new Engine(ports, config, instruments);
}

class Engine implements App {
  readonly failed: Promise<never>;
  private fail: (error: unknown) => void = () => undefined;
  private readonly ports: Ports;
  private readonly config: Config;
  private readonly instruments: InstrumentTable;
  private readonly book: Book;
  private readonly conflater: PriceConflater;
  private readonly partition: PartitionActor;
  private readonly gate: TickGate;
  private readonly intake: LedgerIntake;
  private readonly curve: CurveWriter;
  private readonly alerting: Alerting;
  private readonly counters = new Counters();
  private readonly desk: Desk;
  private readonly subscriptions: Subscription[] = [];
  private readonly timers: (() => void)[] = [];
  private tick = 0;
  /** Wall time of the last tick, and whether the curve has rows since it was written on idling. */
  private tickedAt = 0;
  private isCurveOpen = false;
  /** Whether a LEDGER sequence is in a frame from before the start. */
  private isFramed: (sequence: number) => boolean = () => false;

  constructor(ports: Ports, config: Config, instruments: InstrumentTable) {
    this.ports = ports;
    this.config = config;
    this.instruments = instruments;
    this.failed = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    this.book = new Book(
      {
        baseCurrency: config.accounts.base_currency,
        pivot: config.fx.pivot,
        timezone: config.accounts.timezone,
        cutoverMinutes: minutesOf(config.accounts.cutover) ?? 0,
        autoOpen: config.accounts.auto_open,
        marksAtExit: config.prices.mark === 'exit',
        dustMinor: config.performance.dust_minor,
        idsKept: config.duplicates.ids,
        staleAfterMs: config.prices.stale_after_ms,
        eventsTakeTickTime: ports.ticks !== null,
      },
      instruments,
      lifecycleTable(),
    );
    this.alerting = new Alerting(ports.alerts, this.book, instruments.symbols);
    this.conflater = new PriceConflater(
      {
        mark: config.prices.mark,
        fromSettlements: config.prices.from_settlements,
        maxFutureMs: config.prices.max_future_ms,
        maxMovePercent: config.prices.guard.max_move_percent,
        confirmTicks: config.prices.guard.confirm_ticks,
      },
      ports.clock,
      (symbol, _from, _to, isHeld) => {
        const limit = String(config.prices.guard.max_move_percent);
        this.alerting.heldPrice(
          symbol,
          isHeld,
          `a move beyond ${limit} % waits to be confirmed`,
          ports.clock.now(),
        );
      },
    );
    const { resolution } = config.curve;
    this.curve = new CurveWriter(
      this.book,
      ports.frames,
      instruments,
      resolution === 'tick' ? 0 : periodMs(resolution),
    );
    this.gate = new TickGate(ports.ledger, ports.trades, () => this.intake.applied);
    this.intake = new LedgerIntake({
      gate: this.gate,
      frames: ports.frames,
      symbols: instruments.symbols,
      describe: async (symbol) => {
        const fields = await ports.instruments.lookup(symbol);
        if (fields !== null) this.describe(symbol, fields);
      },
      deliver: (batch) => {
        this.partition.send({ type: 'ledger', batch });
      },
    });
    this.desk = {
      book: this.book,
      judge: {
        applied: (effect) => {
          this.onApplied(effect);
        },
        bookedLate: (effect) => {
          ports.frames.effect(effect);
        },
        duplicate: () => {
          this.counters.duplicates++;
        },
        rejected: (message, index, rejection) => {
          this.onRejected(message, index, rejection);
        },
      },
      emit: (update, row) => {
        this.onUpdate(update, row);
      },
    };
    this.partition = createActor(partitionLogic, { id: 'partition-0', input: this.desk });
    this.partition.subscribe({
      error: (error) => {
        this.fail(error);
      },
    });
  }

  async start(): Promise<void> {
    const { ports } = this;
    this.partition.start();
    for (const [symbol, fields] of Object.entries(this.config.instruments)) this.describe(symbol, fields);
    await ports.instruments.open((symbol, fields) => {
      this.describe(symbol, fields);
    }, this.refused);
    await ports.queries.serve(engineQueries(this.book, () => this.stats()));
    await this.restore();
    await ports.prices.open(this.conflater, this.refused);
    await this.intake.appliedThrough(await ports.ledger.lastSequence());
    this.partition.send({ type: 'caught_up' });
    ports.log.info({ accounts: this.book.accounts.count, sequence: this.intake.applied }, 'live');
    this.openTicks();
    await ports.trades.open(this.tradeIntake(), this.refused);
  }

  /**
   * The whole ledger again, each event as it was valued the first time, where frames recorded it; then the marks.
   * A changelog that makes this short, and what happens when frames are gone, come with the durability issue.
   */
  private async restore(): Promise<void> {
    const { ports, book, instruments, conflater } = this;
    const { history } = ports;
    book.beginRecall(history, history.curves);
    this.isFramed = (sequence) => history.isFramed(sequence);
    const { framedThrough } = history;
    const known = await ports.ledger.lastSequence();
    if (known < framedThrough) {
      const lost = `${String(known + 1)} to ${String(framedThrough)}`;
      throw new Error(
        `LEDGER ends at ${String(known)}, but FRAMES has effects of ${lost}: those messages are lost`,
      );
    }
    // What was never framed is valued anew, after the marks are back.
    this.gate.holdAt(framedThrough);
    await ports.ledger.open(1, (batch) => this.intake.take(batch));
    await this.intake.appliedThrough(framedThrough);
    book.endRecall();
    offerRecorded(history, instruments, conflater);
    for (const { tick } of history.curves.values()) this.tick = Math.max(this.tick, tick);
    history.forget();
    book.beginTick(ports.ticks === null ? ports.clock.now() : NaN, conflater.take(), () => undefined);
    book.quietRecalled();
    this.gate.release();
    this.partition.send({ type: 'restored' });
  }

  async stop(): Promise<void> {
    const { ports } = this;
    await ports.trades.close();
    await ports.ledger.close();
    await ports.prices.close();
    for (const each of this.subscriptions) each.unsubscribe();
    for (const cancel of this.timers) cancel();
    if (ports.ticks === null && this.partition.getSnapshot().matches('live')) this.runClockTick();
    this.partition.send({ type: 'drain' });
    this.curve.write();
    await ports.frames.flush();
    await ports.queries.close();
    this.partition.stop();
  }

  /** Prices and ticks until now became one stream of ticks, each with the prices before it. */
  private openTicks(): void {
    const { ports, config } = this;
    if (ports.ticks === null) {
      const ticks = new Observable<TickMessage>((out) =>
        ports.clock.every(config.tick.interval_ms, () => {
          const now = ports.clock.now();
          out.next({ tick: now, time: now });
        }),
      );
      this.subscribe(ticks.pipe(conflateUntilTick(this.conflater)), (tick) => {
        this.runTick(tick, tick.changes);
      });
      return;
    }
    const opened = ports.ticks(this.refused).pipe(
      // A tick that finds the queue full is one with the next: its prices stay pending.
      filter(() => this.gate.waiting < limits.ticksWaitingMax),
      conflateUntilTick(this.conflater),
      map((tick) => this.gate.admit(tick, tick.changes)),
      concatMap((tick) => from(this.gate.open(tick))),
    );
    this.subscribe(opened, (tick) => {
      this.runTick(tick, tick.changes);
      this.gate.close();
    });
    this.timers.push(
      ports.clock.every(limits.curveIdleMs, () => {
        this.writeIdleCurve();
      }),
    );
  }

  private subscribe<T>(source: Observable<T>, next: (value: T) => void): void {
    const error = (e: unknown): void => {
      this.fail(e);
    };
    this.subscriptions.push(source.subscribe({ next, error }));
  }

  private runClockTick(): void {
    const now = this.ports.clock.now();
    this.runTick({ tick: now, time: now }, this.conflater.take());
  }

  /** Ticks never go back, whatever the clock or the sender says. */
  private runTick(message: TickMessage, changes: PriceChanges): void {
    const startedAt = performance.now();
    const tick = Math.max(this.tick + 1, message.tick);
    const { time } = message;
    this.tick = tick;
    this.curve.begin(time);
    if (this.alerting.holdsPrices) this.clearHeld(changes, time);
    this.partition.send({ type: 'tick', tick, time, changes, held: (symbol) => this.onHeld(symbol, time) });
    this.curve.end(tick, time, changes);
    this.ports.frames.seal(tick, time, this.intake.applied);
    this.isCurveOpen = true;
    this.tickedAt = this.ports.clock.now();
    this.counters.ticked(performance.now() - startedAt);
  }

  /** Ticks of a subject may stop within a period: its rows are not to wait for the next one. */
  private writeIdleCurve(): void {
    if (!this.isCurveOpen || this.ports.clock.now() - this.tickedAt < limits.curveIdleMs) return;
    this.curve.write();
    this.isCurveOpen = false;
  }

  private onApplied(effect: Effect): void {
    const { event } = effect;
    if (!this.isFramed(effect.sequence)) this.ports.frames.effect(effect);
    this.counters.applied(event.kind);
    if (!('direction' in event)) return;
    const { symbol } = event;
    const time = Number.isNaN(event.ts) ? this.ports.clock.now() : event.ts;
    this.conflater.offerFromSettlement(symbol, effect.price, time);
    const policy = this.config.prices.from_settlements;
    if (policy === 'always') this.gate.include(symbol, effect.price, time, this.book.markTime(symbol));
    else if (policy === 'unpriced' && !this.book.hasMark(symbol))
      this.gate.include(symbol, effect.price, -Infinity, NaN);
  }

  private onRejected(message: LedgerMessage, index: number, rejection: Rejected): void {
    this.refused({
      stream: 'LEDGER',
      sequence: message.sequence,
      index,
      subject: message.subject,
      account: message.account === '' ? '_' : message.account,
      reason: rejection.reason,
      detail: rejection.detail,
      time: message.time,
      payload: message.payload,
    });
  }

  private readonly refused = (letter: DeadLetter): void => {
    this.counters.refused(letter.reason);
    this.ports.deadLetters.publish(letter);
    if (letter.stream !== 'LEDGER' || !this.isFramed(letter.sequence)) this.ports.frames.rejected(letter);
    this.alerting.rejected(letter);
  };

  private onUpdate(update: EquityUpdate, row: number): void {
    this.ports.updates.emit(update);
    this.counters.emitted++;
    this.alerting.checkUnpriced(row, update.timestamp);
  }

  private onHeld(symbol: number, time: number): void {
    this.alerting.heldPrice(symbol, true, 'its mark would take an amount out of the safe integers', time);
  }

  /** A price that was held back for its size is offered again by the market: it is judged anew. */
  private clearHeld(changes: PriceChanges, time: number): void {
    for (let i = 0; i < changes.count; i++) {
      const symbol = changes.symbols[i] ?? 0;
      if (this.alerting.isHeld(symbol)) this.alerting.heldPrice(symbol, false, 'it is marked again', time);
    }
  }

  /** A trade is a market print: its price is offered, also to a tick that waits for the trades before it. */
  private tradeIntake(): PriceIntake {
    const { conflater, gate, book } = this;
    return {
      offer: (symbol, price, time) => {
        gate.include(symbol, price, time, book.markTime(symbol));
        return conflater.offer(symbol, price, time);
      },
      offerQuote: (symbol, bid, ask, time) => conflater.offerQuote(symbol, bid, ask, time),
      rounded: (count) => {
        conflater.rounded(count);
      },
    };
  }

  private describe(name: string, fields: InstrumentFields): void {
    const symbol = this.instruments.symbols.intern(name);
    const before = this.instruments.get(symbol).priceScale;
    const problem = this.book.setInstrument(symbol, fields);
    if (problem !== null) {
      this.ports.log.warn({ symbol: name, problem }, 'instrument refused');
      return;
    }
    this.intake.noteDescribed(symbol);
    const after = this.instruments.get(symbol).priceScale;
    if (before !== after) this.conflater.rescale(symbol, before, after);
  }

  private stats() {
    const { counts } = this.conflater;
    return this.counters.stats({
      state: this.partition.getSnapshot().value,
      accounts: this.book.accounts.count,
      holdings: this.book.holdingCount,
      symbols: this.instruments.symbols.size,
      tick: this.tick,
      ledger_sequence: this.intake.applied,
      prices_received: counts.received,
      prices_ignored: counts.ignored,
      prices_rounded: counts.rounded,
      tick_queue: this.gate.waiting,
    });
  }
}
