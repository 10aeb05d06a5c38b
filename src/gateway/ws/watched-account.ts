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
  /** How often the engine was asked, and of the questions the newest that was answered. */
  private asked = 0;
  private answeredLast = 0;
  /** How often it had been asked when the last update came, and when updates may have been lost. */
  private askedBeforeUpdate = 0;
  private askedBeforeDoubt = -1;

  constructor(id: string) {
    this.id = id;
  }

  /** An update that came. One that is not above what is known is known. */
  take(frame: EquityFrame): void {
    if (this.frame !== null && frame.tick <= this.frame.tick) return;
    this.askedBeforeUpdate = this.asked;
    this.frame = frame;
    this.tell();
  }

  /** Updates may have been lost: what the engine says when it is asked now counts, whatever came before. */
  doubt(): void {
    this.askedBeforeDoubt = this.asked;
  }

  /** The engine is about to be asked: its answer has every update that has come. The number of the question. */
  asking(): number {
    return ++this.asked;
  }

  /** What it answered to a question; whether a frame was made of it. */
  answered(question: number, figures: AccountFigures): boolean {
    // A later question has been answered: what that answer has is newer, whatever the ticks say.
    if (question < this.answeredLast) return false;
    const known = this.frame;
    const isSettled = this.answeredLast <= this.askedBeforeDoubt && question > this.askedBeforeDoubt;
    this.answeredLast = question;
    if (known !== null) {
      const { tick, sequence } = figures;
      if (tick === known.tick && sequence === known.sequence) return false;
      // An earlier tick, though no update overtook the answer: the engine is another one, and has not come further.
      if (tick < known.tick && this.askedBeforeUpdate >= question) return false;
    }
    this.frame = frameOfFigures(figures);
    // Between ticks it has events that the next tick tells of: for those who read already that is early enough.
    if (known?.tick !== figures.tick || isSettled) this.tell();
    return true;
  }

  private tell(): void {
    for (const reader of this.readers) reader.changed(this);
  }
}
