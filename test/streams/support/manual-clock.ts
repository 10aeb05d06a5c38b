/** Time that passes when a test says so. */
import type { Cancel, Clock } from '../../../src/ports.ts';

export class ManualClock implements Clock {
  private ms: number;
  private readonly timers = new Set<{
    due: number;
    readonly intervalMs: number;
    readonly action: () => void;
  }>();

  constructor(ms = 1_760_000_000_000) {
    this.ms = ms;
  }

  now(): number {
    return this.ms;
  }

  every(intervalMs: number, action: () => void): Cancel {
    const timer = { due: this.ms + intervalMs, intervalMs, action };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  turn(): Promise<void> {
    return Promise.resolve();
  }

  advance(ms: number): void {
    this.ms += ms;
    for (const timer of this.timers) {
      while (timer.due <= this.ms) {
        timer.due += timer.intervalMs;
        timer.action();
      }
    }
  }
}
