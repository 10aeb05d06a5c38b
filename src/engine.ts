/**
 * The role `engine` with real adapters: five connections to NATS, since a slow reader on one stalls what shares it, and
 * the app over them. Whatever it publishes, it publishes as the owner of its partition. Knows no signal.
 */
import type { Config } from '../config/load.ts';
import { LedgerDecoder } from '../streams/codec/ledger-message.ts';
import { NatsAlerts } from '../streams/sinks/alerts.ts';
import { NatsChangelog } from '../streams/sinks/changelog.ts';
import { NatsDeadLetters } from '../streams/sinks/dead-letters.ts';
import { NatsEffectLog } from '../streams/sinks/effect-log.ts';
import { NatsUpdates } from '../streams/sinks/equity.ts';
import { NatsFrames } from '../streams/sinks/frames.ts';
import { QueryService } from '../streams/sinks/query-service.ts';
import { WindowedPublisher } from '../streams/sinks/windowed-publisher.ts';
import { connectNats } from '../streams/sources/connection.ts';
import { NatsFrameHistory } from '../streams/sources/frame-history.ts';
import { NatsInstrumentSource } from '../streams/sources/instruments.ts';
import { NatsLease } from '../streams/sources/lease.ts';
import { NatsLedgerSource } from '../streams/sources/ledger.ts';
import { ownedLink } from '../streams/sources/owned-link.ts';
import { NatsPriceSource } from '../streams/sources/prices.ts';
import { NatsSinkLag } from '../streams/sources/sink-lag.ts';
import { keepStreams } from '../streams/sources/streams.ts';
import { ticksFrom } from '../streams/sources/ticks.ts';
import { NatsTradeSource } from '../streams/sources/trades.ts';
import { natsAccess } from './addresses.ts';
import { createApp } from './app.ts';
import { hasEnded, processIdentity } from './process/process-identity.ts';
import { systemClock } from './system-clock.ts';
import { InstrumentTable } from './domain/instrument.ts';
import { SymbolTable } from './domain/symbol-table.ts';
import type { Log, Ports } from './ports.ts';

export interface EngineOptions {
  readonly natsUrl: string;
  readonly log: Log;
  /** What stands between the app and its ports: for faults that no real part can make on demand. */
  readonly adapt?: (ports: Ports) => Ports;
}

export interface RunningEngine {
  /** Drains, and resolves when everything that must be durable is. */
  stop(): Promise<void>;
  /** Rejects when going on would be wrong; a restart rebuilds everything. */
  readonly failed: Promise<never>;
}

/** Resolves when the partition is live, or when another process has it and this one stands by. */
export async function startEngine(
  config: Config,
  { natsUrl: url, log, adapt = (ports) => ports }: EngineOptions,
): Promise<RunningEngine> {
  const clock = systemClock;
  const partition = 0;
  const server = { url, access: natsAccess(config) };
  // Without echo: what the engine writes through to PRICES must not come back.
  const input = await connectNats({ ...server, name: 'tidemark-input', log, noEcho: true });
  const ledgerLink = await connectNats({ ...server, name: 'tidemark-ledger', log });
  const outputLink = await connectNats({ ...server, name: 'tidemark-output', log });
  // Every tick with ledger events waits for its message here: none may stand before it.
  const effectsLink = await connectNats({ ...server, name: 'tidemark-effects', log });
  const control = await connectNats({ ...server, name: 'tidemark-control', log });
  const links = [input, ledgerLink, outputLink, effectsLink, control];
  await keepStreams(control, config, log);

  const symbols = new SymbolTable();
  const instruments = new InstrumentTable(symbols, config.currencies);
  let standBy: () => void = () => undefined;
  const standsBy = new Promise<void>((resolve) => (standBy = resolve));
  const lease: NatsLease = new NatsLease({
    link: control,
    log,
    partition,
    identity: processIdentity(),
    hasEnded,
    after: async () => Math.max(await changelog.lastEpoch(), await effects.lastEpoch()),
    isStillLast: () => effects.isLast(),
    onWait: standBy,
  });
  const owned = ownedLink(control, lease);
  const publisher = new WindowedPublisher(owned, clock, log);
  // Frames have a window of their own: they must not wait behind dead letters, nor these behind them.
  const framePublisher = new WindowedPublisher(owned, clock, log);
  const effects = new NatsEffectLog({ link: ownedLink(effectsLink, lease), clock, log, partition });
  const changelog = new NatsChangelog({ link: owned, clock, log, partition });
  const frames = new NatsFrames({
    publisher: framePublisher,
    clock,
    log,
    partition,
    flushIntervalMs: config.frames.flush_interval_ms,
  });
  const updates = new NatsUpdates(ownedLink(outputLink, lease));
  const ports: Ports = {
    clock,
    log,
    lease,
    prices: new NatsPriceSource({
      link: input,
      clock,
      log,
      instruments,
      foreign: config.prices.sources,
      capture: config.prices.capture,
    }),
    ticks: config.tick.source === 'nats' ? (refuse) => ticksFrom(input, clock, refuse) : null,
    ledger: new NatsLedgerSource(ledgerLink, new LedgerDecoder(symbols), log),
    trades: new NatsTradeSource({ link: ledgerLink, publisher, instruments, clock, log }),
    instruments: new NatsInstrumentSource({ link: control, clock, log }),
    updates,
    effects,
    changelog,
    frames,
    history: new NatsFrameHistory({ link: control, log, partition }),
    deadLetters: new NatsDeadLetters(publisher, log),
    alerts: new NatsAlerts({ publisher, link: control, log }),
    queries: new QueryService({ link: control, log, role: 'engine', unsent: () => updates.unsent }),
    sink: new NatsSinkLag(control),
  };
  const app = createApp(adapt(ports), config, instruments);
  const state = { isStopping: false };
  // Of a standby nobody waits for the start: its failure is told like a later one, unless it is the end of waiting.
  const live = app.start();
  const failedToStart = live.then(
    () => app.failed,
    (error: unknown) => (state.isStopping ? app.failed : Promise.reject(error as Error)),
  );
  await Promise.race([live, standsBy]);
  return {
    failed: Promise.race([app.failed, failedToStart]),
    async stop() {
      state.isStopping = true;
      await app.stop();
      frames.close();
      await publisher.flush();
      framePublisher.close();
      publisher.close();
      effects.close();
      changelog.close();
      for (const link of links) {
        if (link.isUp) await link.nats.flush();
        await link.close();
      }
    },
  };
}
