/** How fast a file is played: its own time at a factor of the clock's, or as fast as it goes. Knows no row. */
import { InvalidArgumentError } from 'commander';

export type Speed = number | 'max';

/** 60x, 1x, 0.5x or max. */
export function parseSpeed(text: string): Speed {
  if (text === 'max') return 'max';
  const factor = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1] ?? NaN);
  if (!(factor > 0)) throw new InvalidArgumentError('Allowed: max, or a factor such as 1x or 60x.');
  return factor;
}

export class Pace {
  private readonly speed: Speed;
  private startTs = NaN;
  private startMs = NaN;

  constructor(speed: Speed) {
    this.speed = speed;
  }

  /** Milliseconds until a row of time `ts` is due, at `now`; 0 where it is, or has no time. */
  delayMs(ts: number, now: number): number {
    if (this.speed === 'max' || Number.isNaN(ts)) return 0;
    if (Number.isNaN(this.startTs)) {
      this.startTs = ts;
      this.startMs = now;
    }
    return Math.max(0, this.startMs + (ts - this.startTs) / this.speed - now);
  }
}
