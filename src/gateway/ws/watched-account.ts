/**
 * One account that somebody reads: its newest frame, made once however many read it, and which of two states is newer,
 * one that came and one that was asked for. Knows neither NATS nor sockets.
 */
import type { AccountFigures } from '../../client/account-reply.ts';
import { frameOfFigures, type EquityFrame } from './frames.ts';
import type { Latest } from './outbox.ts';

export interface EquityReader {
  /** The account has a newer frame. */
  changed(account: WatchedAccount): void;
  /** An account that had no frame until now, for who follows all of them; false: no more of them. */
  appeared(account: WatchedAccount): boolean;
}

export class WatchedAccount implements Latest {
  readonly id: string;
  readonly readers = new Set<EquityReader>();
  frame: EquityFrame | null = null;
  /** Whether updates of it may have been lost: what the engine says next counts, whatever came before. */
  isDoubtful = false;
  /** Whether an update came since the engine was asked. */
  private isOvertaken = false;

  constructor(id: string) {
    this.id = id;
  }

  /** An update that came. One that is not above what is known is known. */
  take(frame: EquityFrame): void {
    if (this.frame !== null && frame.tick <= this.frame.tick) return;
    this.isOvertaken = true;
    this.frame = frame;
    this.tell();
  }

  /** The engine is about to be asked: its answer has every update that has come. */
  asking(): void {
    this.isOvertaken = false;
  }

  /** What it answered; whether a frame was made of it. */
  answered(figures: AccountFigures): boolean {
    const known = this.frame;
    const wasDoubtful = this.isDoubtful;
    this.isDoubtful = false;
    if (known !== null) {
      const { tick, sequence } = figures;
      if (tick === known.tick && sequence === known.sequence) return false;
      // An earlier tick, though no update overtook the answer: the engine is another one, and has not come further.
      if (tick < known.tick && this.isOvertaken) return false;
    }
    this.frame = frameOfFigures(figures);
    // Between ticks it has events that the next tick tells of: for those who read already that is early enough.
    if (known?.tick !== figures.tick || wasDoubtful) this.tell();
    return true;
  }

  private tell(): void {
    for (const reader of this.readers) reader.changed(this);
  }
}
