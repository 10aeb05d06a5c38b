/**
 * A simulated world from a seed: back ends and feeds that send, a server that keeps, engines and a sink that crash, stop
 * and come back, and whoever watches them. Owns who lives when; what is right is judged elsewhere.
 */
import type { Config } from '../../config/load.ts';
import { Random } from '../../src/random.ts';
import type { Weather } from './connection.ts';
import { Connection } from './connection.ts';
import { EffectAudit } from './effect-audit.ts';
import { EngineWitness } from './engine-witness.ts';
import { ExpectedLedger } from './expected-ledger.ts';
import { Scheduler } from './scheduler.ts';
import { SimulatedServer, StorageFull } from './server.ts';
import { SimulatedClickHouse } from './simulated-clickhouse.ts';
import { SimulatedEngine } from './simulated-engine.ts';
import { PriceFeed } from './simulated-ports.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { SinkConsumer, startSimulatedSink } from './simulated-sink.ts';
import { SimulationFailure } from './simulation-failure.ts';
import type { LedgerDraft } from './workload.ts';
import { Workload } from './workload.ts';

/** Shortly before a session ends in New York, so that many worlds see the day change. */
const beginning = Date.parse('2026-03-06T21:59:58.500Z');

/** Told what happens, for whoever follows one seed. */
export type Trace = (line: string) => void;

export class World {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly server: SimulatedServer;
  readonly weather: Weather;
  readonly clickhouse = new SimulatedClickHouse();
  readonly consumer: SinkConsumer;
  readonly expected: ExpectedLedger;
  readonly audit: EffectAudit;
  readonly witness: EngineWitness;
  readonly workload: Workload;
  readonly engines: SimulatedEngine[] = [];
  readonly trace: Trace;
  readonly leaseTtlMs: number;
  /** The first thing that went wrong. */
  failure: Error | null = null;
  /** Engines restart when they end. */
  keepsRunning = true;
  isAtPeace = false;
  clockOffMs = 0;
  private readonly prices = new PriceFeed();
  private readonly config: Config;
  private readonly network: Random;
  private sink: SimulatedProcess | null = null;
  private started = 0;
  private readonly lastTs = new Map<string, number>();

  constructor(seed: number, config: Config, trace: Trace) {
    this.random = new Random(seed, 1);
    this.network = new Random(seed, 2);
    this.scheduler = new Scheduler(new Random(seed, 3));
    const { random } = this;
    this.config = configFor(config, random);
    this.expected = new ExpectedLedger(this.config.voids.wait_ms);
    this.server = new SimulatedServer(random.pick([5, 100, 120_000]));
    this.weather = {
      loss: random.pick([0, 0.01, 0.05, 0.15]),
      latencyMs: random.pick([0.5, 2, 8]),
      isAway: false,
    };
    this.leaseTtlMs = random.pick([150, 300, 600]);
    this.consumer = new SinkConsumer(this.server);
    this.audit = new EffectAudit(this.server, this.expected);
    this.witness = new EngineWitness(this.server, this.expected, this.audit, new Random(seed, 4));
    this.workload = new Workload(new Random(seed, 5));
    this.trace = (line) => trace(`${this.scheduler.now.toFixed(3).padStart(11)} ${line}`);
  }

  get wallClock(): number {
    return beginning + this.scheduler.now + this.clockOffMs;
  }

  /** Runs until the condition holds; a failure ends it. Says whether it came to hold in time. */
  async runUntil(isDone: () => boolean, forMs: number): Promise<boolean> {
    const until = this.scheduler.now + forMs;
    const held = await this.scheduler.run(() => this.failure !== null || isDone(), until);
    if (this.failure !== null) throw this.failure;
    return held;
  }

  /** Sets the machines' clocks off by so much. */
  setClock(offMs: number): void {
    this.clockOffMs = offMs;
    this.witness.isTimeSteady = false;
  }

  note(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  startEngine(server = this.server, isWatched = true): SimulatedEngine {
    const name = `engine-${++this.started}`;
    const process = new SimulatedProcess(name, this.scheduler, this.network);
    if (isWatched) this.trace(`${name} starts`);
    let engine: SimulatedEngine | null = null;
    const guarded = (check: (of: SimulatedEngine) => void): void => {
      if (this.failure !== null || engine === null) return;
      try {
        check(engine);
      } catch (error) {
        this.note(error);
      }
    };
    engine = new SimulatedEngine({
      process,
      server,
      weather: isWatched ? this.weather : { loss: 0, latencyMs: 0.2, isAway: false },
      config: this.config,
      prices: isWatched ? this.prices : new PriceFeed(),
      leaseTtlMs: this.leaseTtlMs,
      wallClock: () => this.wallClock,
      witness: {
        emitted: (_, update) => {
          if (isWatched) guarded((from) => this.witness.emitted(from, update));
        },
        recorded: (_, effect) => {
          if (isWatched) guarded((from) => this.witness.recorded(from, effect));
          else this.note(new SimulationFailure(`a new start values LEDGER ${effect.sequence} anew`));
        },
        log: (of, level, fields, message) => {
          if (isWatched) this.trace(`${of.name} ${level} ${message} ${JSON.stringify(fields)}`);
          if (level === 'error' && !isExpected(message))
            this.note(new SimulationFailure(`${message} ${JSON.stringify(fields)}`));
        },
      },
      onEnd: (ended, error) => {
        this.trace(`${ended.process.name} ends: ${error instanceof Error ? error.message : 'fenced'}`);
        if (error !== null && !(error instanceof StorageFull)) {
          this.note(error);
          return;
        }
        this.engines.splice(this.engines.indexOf(ended), 1);
        if (this.keepsRunning) this.restartSoon();
      },
    });
    if (isWatched) this.engines.push(engine);
    return engine;
  }

  killEngine(engine: SimulatedEngine): void {
    this.trace(`${engine.process.name} is killed`);
    engine.kill();
    this.engines.splice(this.engines.indexOf(engine), 1);
    this.restartSoon();
  }

  restartSoon(): void {
    this.scheduler.after(this.random.between(0, 200), () => {
      if (this.engines.length === 0) this.startEngine();
    });
  }

  /** No faults any more: all that was stopped or away comes back. */
  makePeace(): void {
    this.trace('peace');
    this.isAtPeace = true;
    this.weather.isAway = false;
    this.weather.loss = 0;
    this.clickhouse.isAway = false;
    this.server.hasRoom = () => true;
    for (const { process } of this.engines) if (process.isStopped) process.resume();
  }

  /** Only this engine is left, and none comes. */
  retire(last: SimulatedEngine): void {
    this.keepsRunning = false;
    for (const engine of this.engines) if (engine !== last) engine.kill();
    this.engines.splice(0, this.engines.length, last);
  }

  report() {
    return {
      steps: this.scheduler.count,
      ledger: this.server.lastSequence,
      emissions: this.witness.emissions,
      daysOpened: this.witness.openings.length,
      engines: this.started,
      virtualMs: this.scheduler.now,
    };
  }

  startSink(): void {
    const process = new SimulatedProcess('sink', this.scheduler, this.network);
    this.sink = process;
    startSimulatedSink({
      process,
      consumer: this.consumer,
      connection: new Connection(process, this.weather),
      clickhouse: this.clickhouse,
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: (fields, message) => this.trace(`sink warn ${message} ${JSON.stringify(fields)}`),
        error: (fields, message) =>
          this.note(new SimulationFailure(`sink: ${message} ${JSON.stringify(fields)}`)),
      },
    });
  }

  killSink(): void {
    if (this.sink?.isAlive !== true) return;
    this.trace('the sink is killed');
    this.sink.kill();
    this.scheduler.after(this.random.between(0, 300), () => this.startSink());
  }

  /** A back end sends until the server has it; one that lost the answer sends once more. */
  send(draft: LedgerDraft): void {
    const { scheduler, network, weather, server } = this;
    const arrive = (): void => {
      if (weather.isAway) {
        scheduler.after(20, arrive);
        return;
      }
      const sequence = server.append(draft.subject, draft.data, Math.floor(beginning + scheduler.now));
      this.trace(`LEDGER ${sequence} ${draft.subject} ${Buffer.from(draft.data).toString()}`);
      if (network.chance(0.04)) scheduler.after(network.between(1, 1_500), arrive);
    };
    scheduler.after(network.between(0.1, 4), arrive);
  }

  publishPrice(): void {
    const draft = this.workload.price();
    const { scheduler, weather, network } = this;
    if (draft === null || weather.isAway) return;
    const last = this.lastTs.get(draft.symbol) ?? 0;
    const ts = Math.max(last + 1, Math.floor(beginning + scheduler.now));
    // Now and then one that was late on its way.
    const isLate = last > 0 && network.chance(0.04);
    if (!isLate) this.lastTs.set(draft.symbol, ts);
    const message = { price: draft.text, ts: isLate ? last - network.integer(1, 50) : ts };
    const price = { symbol: draft.symbol, data: Buffer.from(JSON.stringify(message)) };
    this.server.prices.set(draft.symbol, price);
    for (const subscriber of this.prices.subscribers) subscriber(price);
  }
}

/** What an engine says of a fault that is one, and that it lives with. */
function isExpected(message: string): boolean {
  return message === 'the changelog could not be written';
}

/** Each world has its own intervals and periods. */
function configFor(config: Config, random: Random): Config {
  return {
    ...config,
    tick: { source: 'clock', interval_ms: random.pick([10, 25, 60]) },
    checkpoint: { interval_ms: random.pick([80, 250, 1_000]) },
    frames: { ...config.frames, flush_interval_ms: random.pick([50, 200, 500]) },
    curve: { resolution: random.pick(['tick', '100ms', '1s']) },
    prices: { ...config.prices, max_future_ms: 86_400_000 },
    voids: { wait_ms: random.pick([30, 300, 5_000]) },
  };
}
