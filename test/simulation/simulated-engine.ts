/** One engine of the simulated world: the production wiring in a process of its own, from its start to its end. */
import type { Config } from '../../config/load.ts';
import type { App } from '../../src/app.ts';
import { createApp } from '../../src/app.ts';
import { InstrumentTable } from '../../src/domain/instrument.ts';
import { SymbolTable } from '../../src/domain/symbol-table.ts';
import type { EngineQueries } from '../../src/ports.ts';
import { Fenced } from '../../src/ports.ts';
import type { Weather } from './connection.ts';
import { EngineModel } from './engine-model.ts';
import type { SimulatedServer } from './server.ts';
import type { PriceFeed, SimulatedPorts, Witness } from './simulated-ports.ts';
import { simulatedPorts } from './simulated-ports.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { instruments } from './workload.ts';

export interface EngineOptions {
  readonly process: SimulatedProcess;
  readonly server: SimulatedServer;
  readonly weather: Weather;
  readonly config: Config;
  readonly prices: PriceFeed;
  readonly witness: Witness;
  readonly leaseTtlMs: number;
  readonly wallClock: () => number;
  /** The process ended by itself. `error` null: another one owns its partition, which is as it should be. */
  readonly onEnd: (engine: SimulatedEngine, error: unknown) => void;
}

export class SimulatedEngine {
  readonly process: SimulatedProcess;
  readonly model: EngineModel;
  isLive = false;
  isDraining = false;
  private readonly app: App;
  private readonly ports: SimulatedPorts;

  constructor({ onEnd, ...options }: EngineOptions) {
    const { process, config } = options;
    this.process = process;
    this.model = new EngineModel();
    const table = new InstrumentTable(new SymbolTable(), config.currencies);
    this.ports = simulatedPorts({ ...options, model: this.model, instruments: table, fields: instruments });
    this.app = createApp(this.ports, config, table);
    const end = (error: unknown): void => {
      if (!process.isAlive) return;
      process.kill();
      this.isLive = false;
      onEnd(this, error instanceof Fenced ? null : error);
    };
    process.onError = end;
    this.app.failed.catch(end);
    this.app.start().then(() => {
      this.isLive = process.isAlive;
    }, end);
  }

  get queries(): EngineQueries {
    const { queries } = this.ports.asked;
    if (queries === null) throw new Error('the engine serves no queries yet');
    return queries;
  }

  /** SIGTERM: resolves when everything that must be durable is. */
  async stop(): Promise<void> {
    this.isDraining = true;
    await this.app.stop();
    this.isLive = false;
  }

  kill(): void {
    this.process.kill();
    this.isLive = false;
  }
}
