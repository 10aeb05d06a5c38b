/**
 * The role `engine` with real adapters: four connections to NATS, since a slow reader on one stalls what shares it, and
 * the app over them. Knows no process and no signal.
 */
import type { Config } from '../config/load.ts';
import { LedgerDecoder } from '../streams/codec/ledger-message.ts';
import { NatsAlerts } from '../streams/sinks/alerts.ts';
import { NatsDeadLetters } from '../streams/sinks/dead-letters.ts';
import { NatsUpdates } from '../streams/sinks/equity.ts';
import { NatsFrames } from '../streams/sinks/frames.ts';
import { QueryService } from '../streams/sinks/query-service.ts';
import { WindowedPublisher } from '../streams/sinks/windowed-publisher.ts';
import { connectNats } from '../streams/sources/connection.ts';
import { NatsFrameHistory } from '../streams/sources/frame-history.ts';
import { NatsInstrumentSource } from '../streams/sources/instruments.ts';
import { NatsLedgerSource } from '../streams/sources/ledger.ts';
import { NatsPriceSource } from '../streams/sources/prices.ts';
import { keepStreams } from '../streams/sources/streams.ts';
import { ticksFrom } from '../streams/sources/ticks.ts';
import { NatsTradeSource } from '../streams/sources/trades.ts';
import { createApp } from './app.ts';
import { systemClock } from './system-clock.ts';
import { InstrumentTable } from './domain/instrument.ts';
import { SymbolTable } from './domain/symbol-table.ts';
import type { Log, Ports } from './ports.ts';

export interface EngineOptions {
  readonly natsUrl: string;
  readonly log: Log;
}

export interface RunningEngine {
  /** Drains, and resolves when everything that must be durable is. */
  stop(): Promise<void>;
  /** Rejects when going on would be wrong; a restart rebuilds everything. */
  readonly failed: Promise<never>;
}

/** Resolves when the partition is live. */
export async function startEngine(
  config: Config,
  { natsUrl: url, log }: EngineOptions,
): Promise<RunningEngine> {
  const clock = systemClock;
  // Without echo: what the engine writes through to PRICES must not come back.
  const input = await connectNats({ url, name: 'tidemark-input', log, noEcho: true });
  const ledgerLink = await connectNats({ url, name: 'tidemark-ledger', log });
  const output = await connectNats({ url, name: 'tidemark-output', log });
  const control = await connectNats({ url, name: 'tidemark-control', log });
  const links = [input, ledgerLink, output, control];
  await keepStreams(control, config, log);
  const history = new NatsFrameHistory(control, log);
  await history.load();

  const symbols = new SymbolTable();
  const instruments = new InstrumentTable(symbols, config.currencies);
  const publisher = new WindowedPublisher(control, clock, log);
  // Frames have a window of their own: they must not wait behind dead letters, nor these behind them.
  const framePublisher = new WindowedPublisher(control, clock, log);
  const frames = new NatsFrames({
    publisher: framePublisher,
    clock,
    log,
    partition: 0,
    epoch: Math.max(clock.now(), history.epoch + 1),
    flushIntervalMs: config.frames.flush_interval_ms,
  });
  const ports: Ports = {
    clock,
    log,
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
    updates: new NatsUpdates(output),
    frames,
    history,
    deadLetters: new NatsDeadLetters(publisher, log),
    alerts: new NatsAlerts(publisher, log),
    queries: new QueryService({ link: control, log, role: 'engine' }),
  };
  const app = createApp(ports, config, instruments);
  await app.start();
  return {
    failed: app.failed,
    async stop() {
      await app.stop();
      frames.close();
      await publisher.flush();
      framePublisher.close();
      publisher.close();
      for (const link of links) {
        if (link.isUp) await link.nats.flush();
        await link.close();
      }
    },
  };
}
