/**
 * The engine's wiring: streams into actors, actors into streams. No process, no environment, no NATS: everything from
 * outside comes as a port, so that a simulation runs exactly this.
 */
import { Observable, concatMap, filter, from, map } from 'rxjs';
import type { Subscription } from 'rxjs';
import { createActor } from 'xstate';
import { partitionLogic } from '../actors/partition.ts';
import type { PartitionActor } from '../actors/partition.ts';
import type { Config } from '../config/load.ts';
import { limits } from '../config/limits.ts';
import { periodMs } from '../config/period.ts';
import type { PriceConflater } from '../streams/operators/conflate-prices.ts';
import { conflateUntilTick } from '../streams/operators/conflate-until-tick.ts';
import { AccountSupervisor } from './account-supervisor.ts';
import { accountsByState } from './accounts-by-state.ts';
import { Alerting } from './alerting.ts';
import { bookOf } from './book-of.ts';
import { Checkpointer } from './checkpointer.ts';
import { conflaterOf } from './conflater-of.ts';
import { Counters } from './counters.ts';
import { CurveWriter } from './curve-writer.ts';
import type { InstrumentFields, InstrumentTable } from './domain/instrument.ts';
import { Health } from './health.ts';
import type { Book } from './ledger/book.ts';
import { InstrumentWriter } from './instrument-writer.ts';
import { LedgerIntake } from './ledger-intake.ts';
import { Outcomes } from './outcomes.ts';
import type { Ports, PriceIntake, TickMessage } from './ports.ts';
import { engineQueries } from './queries.ts';
import { Recovery } from './recovery.ts';
import { TickGate } from './tick-gate.ts';
import type { PendingTick } from './tick-gate.ts';
import { Ticker } from './ticker.ts';
import { VoidHistory } from './void-history.ts';

export interface App {
  /** Resolves when the partition is live: waits for as long as another process owns it. */
  start(): Promise<void>;
  /** Drains: nothing half applied, everything framed, in the changelog and acknowledged; the lease is given back. */
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
  private readonly alerting: Alerting;
  private readonly health: Health;
  private readonly conflater: PriceConflater;
  private readonly partition: PartitionActor;
  private readonly gate: TickGate;
  private readonly intake: LedgerIntake;
  private readonly ticker: Ticker;
  private readonly curve: CurveWriter;
  private readonly checkpointer: Checkpointer;
  private readonly supervisor: AccountSupervisor;
  private readonly outcomes: Outcomes;
  private readonly recovery: Recovery;
  private readonly counters = new Counters();
  private readonly subscriptions: Subscription[] = [];
  private readonly timers: (() => void)[] = [];
  private isOwner = false;
  private isTailing = false;

  constructor(ports: Ports, config: Config, instruments: InstrumentTable) {
    this.ports = ports;
    this.config = config;
    this.instruments = instruments;
    this.failed = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    ports.lease.lost.catch((error: unknown) => {
      this.fail(error);
    });
    this.book = bookOf(config, instruments, ports.ticks !== null);
    const { book, counters } = this;
    const alerting = new Alerting(ports.alerts, book, instruments.symbols, ports.clock);
    this.alerting = alerting;
    this.conflater = conflaterOf(config, ports, alerting);
    this.curve = curveOf(config, ports, book, instruments);
    this.gate = new TickGate(ports.ledger, ports.trades, () => this.intake.applied);
    const { conflater, gate, curve } = this;
    // The partition's actor needs what tells of its outcomes, and that the ticker, which drives the partition.
    const ticker = new Ticker({
      ports,
      curve,
      reference: new InstrumentWriter(book.held, instruments, ports.frames),
      alerting,
      counters,
      send: (event) => {
        this.partition.send(event);
      },
      applied: () => this.intake.applied,
      done: (changes) => {
        this.checkpointer.ticked(changes);
      },
    });
    this.ticker = ticker;
    this.checkpointer = new Checkpointer({
      ports,
      book,
      instruments,
      ticker,
      partitions: config.partitions,
      intervalMs: config.checkpoint.interval_ms,
      stopped: () => this.supervisor.stopped,
      refreshMsMax: Math.floor(periodMs(config.frames.max_age) / 3),
      fail: this.fail,
    });
    const { checkpointer } = this;
    this.health = new Health({
      ports,
      applied: () => this.intake.applied,
      checkpoint: () => checkpointer.sequence,
    });
    const voids = new VoidHistory(book, ports.ledger, ports.effects, () =>
      ticker.settle(ports.ticks === null),
    );
    this.supervisor = new AccountSupervisor({
      voids,
      ports,
      book,
      ticker,
      alerting,
      outcomes: () => this.outcomes,
      checkpointer,
      alone: (action) => this.intake.alone(action),
      fail: this.fail,
    });
    this.outcomes = new Outcomes({
      ports, config, book, conflater, gate, ticker, checkpointer, counters, alerting, supervisor: this.supervisor,
    }); // prettier-ignore
    this.partition = createActor(partitionLogic, { id: 'partition-0', input: this.outcomes });
    this.partition.subscribe({ error: this.fail });
    this.intake = new LedgerIntake({
      gate,
      frames: ports.frames,
      symbols: instruments.symbols,
      describe: async (symbol) => {
        const fields = await ports.instruments.lookup(symbol);
        if (fields !== null) this.describe(symbol, fields);
      },
      voids,
      deliver: (batch) => {
        this.partition.send({ type: 'ledger', batch });
      },
      relieve: () => this.relieve(),
      isFull: () => this.isTailing && gate.pending === null && ticker.unsealedRows > limits.untickedRowsMax,
    });
    const { intake, outcomes } = this;
    this.recovery = new Recovery({
      ports, config, book, instruments, conflater, gate, intake, outcomes, checkpointer, ticker, curve,
      loaded: (last) => {
        checkpointer.resume(last);
        for (const account of last?.held ?? []) this.supervisor.holdBack(account);
      },
      rebuildPostponed: (retell) => this.supervisor.rebuildPostponed(retell),
    }); // prettier-ignore
  }

  async start(): Promise<void> {
    const { ports, ticker, partition } = this;
    partition.start();
    const isLive = (): boolean => partition.getSnapshot().matches('live');
    const queries = engineQueries(
      this.book,
      this.outcomes.verdicts,
      () => this.intake.applied,
      () => this.stats(),
      isLive,
      () => ports.lease.isHeld,
    );
    await ports.queries.standBy(queries);
    const epoch = await ports.lease.acquire();
    this.isOwner = true;
    await ports.queries.serve(queries);
    this.timers.push(this.health.watch());
    ports.log.info({ epoch }, 'the partition is owned');
    partition.send({ type: 'acquired' });
    // The log first: from here on nothing that a former owner still writes changes what is read.
    await ports.effects.open(epoch);
    await ports.changelog.open(epoch);
    await ports.frames.open(epoch);
    // Beside everything else: a full stream of them takes a second.
    const raised = ports.alerts.raised();
    raised.catch(() => undefined);
    for (const [symbol, fields] of Object.entries(this.config.instruments)) this.describe(symbol, fields);
    await ports.instruments.open((symbol, fields) => {
      this.describe(symbol, fields);
    }, this.outcomes.refuse);
    const recovered = await this.recovery.run();
    const { through, checkpoint, ledgerCreated } = recovered;
    ticker.noteDurable(through);
    await this.recovery.mark();
    partition.send({ type: 'restored' });
    // From here on ticks from outside may be late, and the ledger waits for them.
    this.isTailing = ports.ticks !== null;
    this.gate.release();
    await this.intake.appliedThrough(await ports.ledger.lastSequence());
    const { stopped } = this.outcomes;
    this.alerting.recover(await raised, (row) => stopped.has(row));
    await this.checkpointer.start(checkpoint, ledgerCreated, through);
    this.outcomes.verdicts.begin(this.intake.applied);
    partition.send({ type: 'caught_up' });
    ports.log.info({ accounts: this.book.accounts.count, sequence: this.intake.applied }, 'live');
    this.openTicks();
    await ports.trades.open(this.tradeIntake(), this.outcomes.refuse, () => ports.deadLetters.settled());
  }

  /** What was applied is published, and framed where its time is known, before there is too much of it. */
  private async relieve(): Promise<void> {
    const { ports, ticker, gate } = this;
    const { pending } = gate;
    const isLong = ticker.unsealedRows > limits.frameRowsMax && (ports.ticks === null || pending !== null);
    if (!ticker.isLoaded && !isLong) return;
    if (pending === null) await ticker.settle(ports.ticks === null);
    else await ticker.settleFor(pending);
  }

  async stop(): Promise<void> {
    const { ports } = this;
    if (this.isOwner) await this.drain();
    // Before another owner may answer.
    await ports.queries.close();
    await ports.lease.release();
    this.partition.stop();
  }

  private async drain(): Promise<void> {
    const { ports, ticker } = this;
    await ports.trades.close();
    await ports.ledger.close();
    this.intake.stop();
    await ports.prices.close();
    for (const each of this.subscriptions) each.unsubscribe();
    for (const cancel of this.timers) cancel();
    await ticker.idle();
    const wasLive = this.partition.getSnapshot().matches('live');
    // Who may have been replaced tells nobody anything any more.
    if (ports.ticks === null && wasLive && ports.lease.isHeld && ticker.tick < ticker.ceiling) {
      // No further than ticks are reserved: a clock that was set ahead may be set back before the next start.
      const now = Math.min(ports.clock.now(), ticker.ceiling);
      await ticker.run({ tick: now, time: now }, this.conflater.take());
    }
    this.partition.send({ type: 'drain' });
    this.curve.write();
    if (wasLive) await this.checkpointer.finish();
    else await ports.frames.flush();
    await ports.instruments.close();
  }

  /** Prices and ticks until now became one stream of ticks, each with the prices before it. */
  private openTicks(): void {
    const { ports, config, ticker } = this;
    if (ports.ticks === null) {
      const ticks = new Observable<TickMessage>((out) =>
        ports.clock.every(config.tick.interval_ms, () => {
          const now = ports.clock.now();
          out.next({ tick: now, time: now });
        }),
      );
      // A tick that cannot begin is one with the next: its prices stay pending.
      const free = ticks.pipe(
        filter(({ tick }) => ticker.isFreeAt(tick)),
        conflateUntilTick(this.conflater),
      );
      this.subscribe(free, (tick) => {
        ticker.run(tick, tick.changes).catch(this.fail);
      });
      return;
    }
    const opened = ports.ticks(this.outcomes.refuse).pipe(
      // A tick that finds the queue full is one with the next, too.
      filter(() => this.gate.waiting < limits.ticksWaitingMax && ports.lease.isHeld),
      conflateUntilTick(this.conflater),
      map((tick) => this.gate.admit(tick, tick.changes)),
      concatMap((tick) => from(this.runAdmitted(tick))),
    );
    this.subscribe(opened, () => undefined);
    this.timers.push(
      ports.clock.every(limits.curveIdleMs, () => {
        this.writeIdleCurve();
      }),
    );
  }

  /** A tick that came by NATS: what came before it is applied, it is run and told, and the ledger goes on. */
  private async runAdmitted(tick: PendingTick): Promise<void> {
    const { changes } = await this.gate.open(tick);
    await this.ticker.run(tick, changes);
    this.gate.close();
  }

  private subscribe<T>(source: Observable<T>, next: (value: T) => void): void {
    this.subscriptions.push(source.subscribe({ next, error: this.fail }));
  }

  /** Ticks of a subject may stop within a period: its rows are not to wait for the next one. */
  private writeIdleCurve(): void {
    const { ticker, ports } = this;
    if (!ticker.isCurveOpen || ports.clock.now() - ticker.tickedAt < limits.curveIdleMs) return;
    this.curve.write();
    ticker.isCurveOpen = false;
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
    const state = this.partition.getSnapshot().value;
    const isRecovering = state === 'restoring' || state === 'catching_up';
    return this.counters.stats({
      state,
      lags: this.health.lags,
      ...(isRecovering ? { recovery: this.recovery.progress } : {}),
      accounts: this.book.accounts.count,
      accounts_by_state: accountsByState(this.book.accounts, this.outcomes.stopped.size),
      holdings: this.book.holdingCount,
      symbols: this.instruments.symbols.size,
      tick: this.ticker.tick,
      ledger_sequence: this.intake.applied,
      checkpoint_sequence: this.checkpointer.sequence,
      checkpoint_accounts_pending: this.checkpointer.pending,
      prices_received: counts.received,
      prices_ignored: counts.ignored,
      prices_rounded: counts.rounded,
      tick_queue: this.gate.waiting,
      ledger_waits_for_tick: this.intake.waitsForTick,
    });
  }
}

function curveOf({ curve }: Config, ports: Ports, book: Book, instruments: InstrumentTable): CurveWriter {
  const resolutionMs = curve.resolution === 'tick' ? 0 : periodMs(curve.resolution);
  return new CurveWriter(book, ports.frames, instruments, resolutionMs);
}
