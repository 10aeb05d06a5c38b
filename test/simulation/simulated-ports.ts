/**
 * The ports of one engine over the simulated server: each with the meaning that src/ports.ts gives it, over connections
 * that are slow, lose messages and break. What the real adapters decode and encode is decoded and encoded here too.
 */
import { NEVER } from 'rxjs';
import type { Config } from '../../config/load.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { EquityUpdate } from '../../src/domain/equity-update.ts';
import type { InstrumentFields, InstrumentTable } from '../../src/domain/instrument.ts';
import type {
  Alert,
  AlertSink,
  Clock,
  DeadLetterSink,
  EngineQueries,
  InstrumentSource,
  Log,
  Ports,
  PriceIntake,
  PriceSource,
  Updates,
} from '../../src/ports.ts';
import { PriceDecoder } from '../../streams/codec/price-decoder.ts';
import { SymbolLookup } from '../../streams/codec/symbol-lookup.ts';
import type { Weather } from './connection.ts';
import { Connection } from './connection.ts';
import type { EngineModel } from './engine-model.ts';
import type { SimulatedServer, StoredPrice } from './server.ts';
import { SimulatedChangelog } from './simulated-changelog.ts';
import { SimulatedEffectLog } from './simulated-effect-log.ts';
import { SimulatedFrameHistory, simulatedFrames } from './simulated-frames.ts';
import { SimulatedLease } from './simulated-lease.ts';
import { SimulatedLedger } from './simulated-ledger.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** Told of what an engine does that others see, at the moment at which they would. */
export interface Witness {
  emitted(process: SimulatedProcess, update: EquityUpdate): void;
  /** An event was valued, or booked late. The effect is reused. */
  recorded(process: SimulatedProcess, effect: Effect): void;
  log(process: SimulatedProcess, level: string, fields: object, message: string): void;
}

export interface EngineSurroundings {
  readonly process: SimulatedProcess;
  readonly server: SimulatedServer;
  readonly weather: Weather;
  readonly config: Config;
  readonly instruments: InstrumentTable;
  readonly fields: ReadonlyMap<string, InstrumentFields>;
  readonly prices: PriceFeed;
  readonly witness: Witness;
  readonly model: EngineModel;
  readonly leaseTtlMs: number;
  /** What the machine's clock shows, milliseconds since the epoch. */
  readonly wallClock: () => number;
}

/** The subject of prices: who subscribes hears what is published from then on. */
export class PriceFeed {
  readonly subscribers = new Set<(price: StoredPrice) => void>();
}

export interface SimulatedPorts extends Ports {
  readonly asked: { queries: EngineQueries | null };
}

export function simulatedPorts(around: EngineSurroundings): SimulatedPorts {
  const { process, server, weather, witness } = around;
  const connect = (): Connection => new Connection(process, weather);
  const control = connect();
  const ledgerConnection = connect();
  const lease = new SimulatedLease(server, control, process, around.leaseTtlMs);
  // As `ownedLink`: who was replaced while it was stopped writes nothing more.
  const connectAsOwner = (): Connection => new Connection(process, weather, () => lease.isHeld);
  const clock: Clock = {
    now: () => Math.floor(around.wallClock()),
    every: (intervalMs, action) => process.every(intervalMs, action),
    turn: () => new Promise((resolve) => process.after(0.01, resolve)),
  };
  const log: Log = {
    debug: (fields, message) => witness.log(process, 'debug', fields, message),
    info: (fields, message) => witness.log(process, 'info', fields, message),
    warn: (fields, message) => witness.log(process, 'warn', fields, message),
    error: (fields, message) => witness.log(process, 'error', fields, message),
  };
  const asked: SimulatedPorts['asked'] = { queries: null };
  return {
    asked,
    clock,
    log,
    prices: priceSource(around, connect()),
    ticks: around.config.tick.source === 'nats' ? () => NEVER : null,
    ledger: new SimulatedLedger(server, ledgerConnection, process, around.instruments.symbols),
    trades: { open: () => Promise.resolve(), drain: () => Promise.resolve(), close: () => Promise.resolve() },
    instruments: instrumentSource(around, control),
    updates: updates(around),
    lease,
    effects: new SimulatedEffectLog(server, connectAsOwner(), (effect) => witness.recorded(process, effect)),
    changelog: new SimulatedChangelog(server, connectAsOwner(), around.model),
    frames: simulatedFrames(around, clock, log, connectAsOwner()),
    history: new SimulatedFrameHistory(server, connect()),
    deadLetters: deadLetters(server, control),
    alerts: alerts(server, control),
    sink: { frames: () => Promise.resolve(null) },
    queries: {
      standBy: () => Promise.resolve(),
      serve: (queries) => {
        asked.queries = queries;
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    },
  };
}

function priceSource(around: EngineSurroundings, connection: Connection): PriceSource {
  const { server, instruments, prices, model } = around;
  const { symbols } = instruments;
  let isOpen = false;
  let unsubscribe = (): void => undefined;
  return {
    async open(intake: PriceIntake) {
      const decoder = new PriceDecoder(new SymbolLookup(symbols), instruments, intake);
      const take = (price: StoredPrice): void => {
        if (!isOpen) return;
        model.priced(price);
        decoder.one(symbols.intern(price.symbol), price.data);
      };
      isOpen = true;
      const heard = (price: StoredPrice): void => connection.push(() => take(price));
      prices.subscribers.add(heard);
      unsubscribe = () => prices.subscribers.delete(heard);
      const kept = await connection.request(() => [...server.prices.values()]);
      for (const price of kept) take(price);
      // What is known by now counts at once: an engine marks everything before it goes on.
      model.marked();
    },
    close() {
      isOpen = false;
      unsubscribe();
      return Promise.resolve();
    },
  };
}

function instrumentSource({ fields }: EngineSurroundings, connection: Connection): InstrumentSource {
  return {
    lookup: (symbol) => connection.request(() => fields.get(symbol) ?? null),
    async open(change) {
      const known = await connection.request(() => [...fields]);
      for (const [symbol, each] of known) change(symbol, each);
    },
    close: () => Promise.resolve(),
  };
}

function updates({ process, witness }: EngineSurroundings): Updates {
  let held: EquityUpdate[] = [];
  const emit = (update: EquityUpdate): void => {
    if (process.isAlive) witness.emitted(process, update);
  };
  return {
    emit: (update) => emit({ ...update }),
    hold: (update) => void held.push({ ...update }),
    release() {
      const ready = held;
      held = [];
      for (const update of ready) emit(update);
    },
  };
}

function deadLetters(server: SimulatedServer, connection: Connection): DeadLetterSink {
  let core = 0;
  const underWay = new Set<Promise<unknown>>();
  return {
    settled: () => Promise.all(underWay).then(() => undefined),
    publish(letter) {
      const copy = { ...letter, payload: letter.payload.slice() };
      const { stream, sequence, index } = letter;
      const id = stream === '' ? `core.${core++}` : `${stream}.${sequence}.${index}`;
      const published = connection.request(() => server.publishOnce(server.deadLetters, id, copy));
      underWay.add(published);
      void published.then(() => underWay.delete(published));
    },
  };
}

/** Kinds of alerts of which the condition lasts. */
const lasting = new Set(['unpriced', 'overdraft', 'held_price', 'suspension']);

function alerts(server: SimulatedServer, connection: Connection): AlertSink {
  return {
    publish(alert) {
      const subject = `${alert.kind}.${alert.account}.${alert.id}.${alert.state}`;
      void connection.request(() => server.publishOnce(server.alerts, subject, alert));
    },
    raised: () =>
      connection.request(() => {
        const all = [...server.alerts.values()];
        const isCleared = ({ kind, account, id }: Alert): boolean =>
          server.alerts.has(`${kind}.${account}.${id}.cleared`);
        return all.filter(
          (alert) => lasting.has(alert.kind) && alert.state === 'raised' && !isCleared(alert),
        );
      }),
  };
}
