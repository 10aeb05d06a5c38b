/**
 * A process of the simulated world: what its timers and connections bring reaches it only while it lives, and waits
 * while it is stopped (SIGSTOP). Killed, it never hears of anything again; what it has sent may still arrive.
 */
import type { Cancel } from '../../src/ports.ts';
import type { Random } from '../../src/random.ts';
import type { Scheduler } from './scheduler.ts';

export class SimulatedProcess {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
  isAlive = true;
  /** Virtual time until which its sockets take nothing: what it sends stays in its buffers. */
  blockedUntil = 0;
  isStopped = false;
  /** Of what a killed process has sent, what arrives by then does arrive. */
  lastWordsMs = Infinity;
  /** What ends the process by itself: an error that nobody handles. */
  onError: (error: unknown) => void = () => undefined;
  private waiting: (() => void)[] = [];

  constructor(name: string, scheduler: Scheduler, random: Random) {
    this.name = name;
    this.scheduler = scheduler;
    this.random = random;
  }

  /** What another party does to the process: nothing if it is dead, later if it is stopped. */
  deliver(action: () => void): void {
    if (!this.isAlive) return;
    if (this.isStopped) this.waiting.push(action);
    else action();
  }

  after(delayMs: number, action: () => void): void {
    this.scheduler.after(delayMs, () => {
      this.deliver(action);
    });
  }

  /** Missed turns of a stopped process are one. */
  every(intervalMs: number, action: () => void): Cancel {
    let isOn = true;
    const next = (): void => {
      this.after(intervalMs, () => {
        if (!isOn) return;
        next();
        action();
      });
    };
    next();
    return () => {
      isOn = false;
    };
  }

  /** SIGSTOP. */
  stop(): void {
    this.isStopped = true;
  }

  /** SIGCONT: what waited comes at once, in order. */
  resume(): void {
    this.isStopped = false;
    const { waiting } = this;
    this.waiting = [];
    waiting.forEach((action, i) => {
      this.after(i * 1e-6, action);
    });
  }

  fail(error: unknown): void {
    if (this.isAlive) this.onError(error);
  }

  kill(): void {
    this.isAlive = false;
    this.waiting = [];
    this.lastWordsMs = this.scheduler.now + this.random.between(0, 4);
  }
}
