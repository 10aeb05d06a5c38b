/**
 * What frames say of the past, told frame by frame, in the order of their stream: which LEDGER sequences have their
 * effects in a frame, which late bookings, and the last row of each account's curve. Knows no stream and no server.
 */
import type { FramedLate, RecordedCurves, SoughtRows } from '../../src/domain/recorded.ts';
import { effectPlaces, LastRows, lateBookings } from '../codec/frame-rows.ts';
import type { OwnedFrame } from './newest-owner.ts';
import { newestOwner } from './newest-owner.ts';

export interface PastFrame extends OwnedFrame {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** Valid during the call. */
  readonly body: Uint8Array;
}

/** A frame of effects: the LEDGER sequences it covers. */
const effectsName = /^effects:\d+:(\d+)-(\d+)/;

export class FramedPast {
  framedThrough = 0;
  curves: RecordedCurves = new LastRows();
  private readonly owners = newestOwner();
  private rows = new LastRows();
  /** Frames that have late bookings, and where each was first. */
  private readonly named = new Map<string, number>();
  /** How many rows of late bookings that look alike are in frames. */
  private readonly lateOnes = new Map<string, number>();
  /** Events that were recorded behind later ones, and of these the ones of which the row is in a frame. */
  private sought: ReadonlySet<string> = new Set();
  private readonly found = new Set<string>();
  private readonly covered: { first: number; last: number }[] = [];

  /** An owner began. All marks of owners come before the first frame: the newer one may stand behind it. */
  fence(mark: OwnedFrame): void {
    this.owners.isStale(mark);
  }

  take(frame: PastFrame, { late, strays }: SoughtRows): void {
    // The sink drops it, too: what it said is nowhere.
    if (this.owners.isStale(frame)) return;
    const { name, sequence, table, columns, body } = frame;
    if (table === 'equity_curve') this.rows.add(columns, body);
    if (table !== 'effects') return;
    this.cover(name);
    if (strays.size > 0) this.findStrays(strays, columns, body);
    if (!late) return;
    for (const booking of lateBookings(columns, body)) {
      // A frame that was sent again, beyond the duplicate window, is in ClickHouse once.
      if ((this.named.get(name) ?? sequence) !== sequence) break;
      this.named.set(name, sequence);
      this.count(booking, 1);
    }
  }

  /** The last frame was told: `curves` is what all of them come to. */
  end(): void {
    this.curves = this.rows;
    this.rows = new LastRows();
    this.named.clear();
  }

  /**
   * By the names of frames. An event that was recorded behind later ones, its account having been made anew, is covered
   * by the frames of those: only its row says whether it is in one.
   */
  isFramed(sequence: number, index = 0): boolean {
    const place = `${sequence}:${index}`;
    if (this.sought.has(place)) return this.found.has(place);
    return this.covered.some(({ first, last }) => first <= sequence && sequence <= last);
  }

  /** Asked once for each. */
  isLateFramed(late: FramedLate): boolean {
    return this.count(late, -1) >= 0;
  }

  forgetCurves(): void {
    this.curves = new LastRows();
  }

  /** Gives back the memory of what only a recovery asks for. */
  forget(): void {
    this.forgetCurves();
    this.lateOnes.clear();
  }

  private findStrays(sought: ReadonlySet<string>, columns: readonly string[], body: Uint8Array): void {
    this.sought = sought;
    for (const place of effectPlaces(columns, body)) if (sought.has(place)) this.found.add(place);
  }

  private count({ account, sequence, tick, currency, amount }: FramedLate, change: 1 | -1): number {
    const key = [account, sequence, tick, currency, amount].join(' ');
    const now = (this.lateOnes.get(key) ?? 0) + change;
    this.lateOnes.set(key, now);
    return now;
  }

  private cover(name: string): void {
    const match = effectsName.exec(name);
    if (match === null) return;
    const first = Number(match[1]);
    const last = Number(match[2]);
    this.framedThrough = Math.max(this.framedThrough, last);
    const before = this.covered.at(-1);
    if (before !== undefined && first === before.last + 1) before.last = last;
    else this.covered.push({ first, last });
  }
}
