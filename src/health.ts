/**
 * How each part of the engine is: what is on its way and not where it should be. Reads what the parts count anyway; only
 * the sink, which is another process, is asked about, every few seconds. Changes nothing.
 */
import { limits } from '../config/limits.ts';
import type { EngineLags } from './domain/engine-stats.ts';
import type { Cancel, Ports } from './ports.ts';

export interface HealthParts {
  readonly ports: Pick<Ports, 'clock' | 'ledger' | 'frames' | 'effects' | 'sink'>;
  /** LEDGER sequence applied last, and the one from which a recovery would begin. */
  readonly applied: () => number;
  readonly checkpoint: () => number;
}

export class Health {
  private readonly parts: HealthParts;
  private sinkFrames: number | null = null;
  private isAsking = false;

  constructor(parts: HealthParts) {
    this.parts = parts;
  }

  /** From now on the sink is asked about, until cancelled. */
  watch(): Cancel {
    void this.ask();
    return this.parts.ports.clock.every(limits.sinkLagAskMs, () => {
      void this.ask();
    });
  }

  get lags(): EngineLags {
    const { ports, applied, checkpoint } = this.parts;
    const { ledger, frames, effects } = ports;
    return {
      ledger: ledger.lag,
      frames: { bytes: frames.outstandingBytes, rows: frames.outstandingRows },
      effects: effects.outstandingBytes,
      checkpoint: Math.max(0, applied() - checkpoint()),
      sink: this.sinkFrames,
    };
  }

  private async ask(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    this.sinkFrames = await this.parts.ports.sink.frames();
    this.isAsking = false;
  }
}
