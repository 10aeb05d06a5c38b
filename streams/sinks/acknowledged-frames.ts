/**
 * Which frames are acknowledged, from the first one on without a gap, and from where in the stream later ones are
 * found: a frame that is sent again may come to stand behind frames that were sent after it.
 */
/** Of effects and of the curve, from the first one on. */
export interface FramedRows {
  readonly effects: number;
  readonly curve: number;
}

interface SentFrame {
  /** Largest position acknowledged when it was sent: it comes after that. */
  readonly floor: number;
  /** Rows in frames up to and with this one. */
  readonly rows: FramedRows;
  isAcknowledged: boolean;
}

/** Frames at the head of the queue that are dealt with are dropped from it in groups. */
const dropped = 1_024;

export class AcknowledgedFrames {
  private sent: SentFrame[] = [];
  private first = 0;
  private newest = 0;
  /** Rows that are in acknowledged frames, all of them from the first on. */
  rows: FramedRows = { effects: 0, curve: 0 };
  private isBroken = false;

  /** Every frame that is not acknowledged, or not sent yet, comes after this position. */
  get position(): number {
    return this.sent[this.first]?.floor ?? this.newest;
  }

  /** A frame leaves; to be called back with its position when it is acknowledged. */
  add(rows: FramedRows): (position: number) => void {
    if (this.isBroken) return () => undefined;
    const frame: SentFrame = { floor: this.newest, rows, isAcknowledged: false };
    this.sent.push(frame);
    return (position) => {
      frame.isAcknowledged = true;
      this.newest = Math.max(this.newest, position);
      this.advance();
    };
  }

  /** A frame was refused for good: nothing after it counts, until a restart frames its rows again. */
  break(): void {
    this.isBroken = true;
  }

  private advance(): void {
    if (this.isBroken) return;
    for (let next = this.sent[this.first]; next?.isAcknowledged === true; next = this.sent[this.first]) {
      this.rows = next.rows;
      this.first++;
    }
    if (this.first < dropped && this.first < this.sent.length) return;
    this.sent = this.sent.slice(this.first);
    this.first = 0;
  }
}
