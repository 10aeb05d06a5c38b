/** The lease over the simulated server: acquired and renewed by compare-and-set, lost by time. */
import { Fenced } from '../../src/ports.ts';
import type { Lease } from '../../src/ports.ts';
import type { Connection } from './connection.ts';
import type { SimulatedServer } from './server.ts';
import type { SimulatedProcess } from './simulated-process.ts';

export class SimulatedLease implements Lease {
  readonly lost: Promise<never>;
  private lose: (error: Error) => void = () => undefined;
  private readonly server: SimulatedServer;
  private readonly connection: Connection;
  private readonly process: SimulatedProcess;
  private readonly ttlMs: number;
  /** Virtual time until which nobody else can own it. */
  private heldUntil = -Infinity;
  private isReleased = false;

  constructor(server: SimulatedServer, connection: Connection, process: SimulatedProcess, ttlMs: number) {
    this.server = server;
    this.connection = connection;
    this.process = process;
    this.ttlMs = ttlMs;
    this.lost = new Promise<never>((_, reject) => {
      this.lose = reject;
    });
    this.lost.catch(() => undefined);
  }

  get isHeld(): boolean {
    return this.process.scheduler.now < this.heldUntil;
  }

  async acquire(): Promise<number> {
    const { server, connection, process, ttlMs } = this;
    for (;;) {
      const askedAt = process.scheduler.now;
      const epoch = await connection.request(() =>
        server.acquireLease(process.name, process.scheduler.now, ttlMs),
      );
      if (epoch !== null && process.scheduler.now < this.until(askedAt)) {
        this.heldUntil = this.until(askedAt);
        const cancel = process.every(ttlMs / 4, () => {
          if (this.isReleased) cancel();
          else void this.renew();
        });
        return epoch;
      }
      await new Promise<void>((resolve) => process.after(ttlMs / 5, resolve));
    }
  }

  async release(): Promise<void> {
    this.isReleased = true;
    this.heldUntil = -Infinity;
    await this.connection.request(() => this.server.releaseLease(this.process.name));
  }

  private async renew(): Promise<void> {
    const { server, connection, process, ttlMs } = this;
    const askedAt = process.scheduler.now;
    try {
      await connection.request(() => server.renewLease(process.name, process.scheduler.now, ttlMs));
      if (!this.isReleased) this.heldUntil = Math.max(this.heldUntil, this.until(askedAt));
    } catch (error) {
      if (this.isReleased) return;
      this.heldUntil = -Infinity;
      this.lose(error instanceof Fenced ? error : new Fenced(String(error)));
    }
  }

  /** A moment before the server would give it to another one. */
  private until(askedAt: number): number {
    return askedAt + this.ttlMs * 0.85;
  }
}
