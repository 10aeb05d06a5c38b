/**
 * What was decided of the last elements of LEDGER, for who asks about one that it wrote. Everything that was not applied
 * is remembered, up to a bound; what is behind the bound, and not remembered, was applied. That is certain where the dead
 * letter, the state hash and the sequence are not: a letter is published after the state has moved, a hash moves by
 * anybody's event. Kept in memory alone: after a start who asks is told that it is not known, and sends its event again,
 * which counts once by its id. Of a message of another account than the one asked for nothing is known here.
 */
import { limits } from '../config/limits.ts';
import type { Effect } from './domain/effect.ts';
import { doubleHalfEven } from './domain/rounding.ts';
import type { Impact, Verdict } from './domain/verdict.ts';

const applied: Verdict = { outcome: 'applied', impact: null };
const unknown: Verdict = { outcome: 'unknown' };
const fields = 9;

interface Noted {
  readonly account: string;
  readonly sequence: number;
  readonly verdict: Verdict;
}

export class Verdicts {
  private readonly other = new Map<string, Noted>();
  /** Up to this sequence what is not remembered is not known. */
  private forgotten = Infinity;
  /** By sequence modulo the bound, `fields` each: of messages of which an element was applied, the figures of the first. */
  private readonly impacts = new Float64Array(limits.verdictImpactsKept * fields).fill(NaN);

  /** From behind this sequence on everything is told here. */
  begin(sequence: number): void {
    this.forgotten = sequence;
  }

  /** Of every event: what can be computed when somebody asks is left until then. */
  applied(row: number, effect: Effect, equityAfter: number): void {
    const { sequence, index } = effect;
    const at = (sequence % limits.verdictImpactsKept) * fields;
    if (index !== 0) {
      if (this.impacts[at] === sequence) return;
      // The first element was not applied: of the message it is only known whose it is.
      this.impacts.fill(NaN, at, at + fields);
      this.impacts[at] = sequence;
      this.impacts[at + 8] = row;
      return;
    }
    this.impacts[at] = sequence;
    this.impacts[at + 1] = effect.equityBefore;
    this.impacts[at + 2] = equityAfter;
    this.impacts[at + 3] = effect.cashEffect;
    this.impacts[at + 4] = effect.rate;
    this.impacts[at + 5] = effect.quantityBefore;
    this.impacts[at + 6] = effect.quantityAfter;
    this.impacts[at + 7] = effect.quantityScale;
    this.impacts[at + 8] = row;
  }

  note(account: string, sequence: number, index: number, verdict: Verdict): void {
    const key = keyOf(sequence, index);
    // What is decided of a void that waited is the younger for it.
    this.other.delete(key);
    this.other.set(key, { account, sequence, verdict });
    if (this.other.size <= limits.verdictsKeptMax) return;
    const [oldest] = this.other;
    if (oldest === undefined) return;
    this.other.delete(oldest[0]);
    this.forgotten = Math.max(this.forgotten, oldest[1].sequence);
  }

  /** A void waits no more: it was refused, which is noted, or it is in force. */
  waited(account: string, sequence: number, index: number): void {
    const { outcome } = this.other.get(keyOf(sequence, index))?.verdict ?? unknown;
    if (outcome === 'waiting') this.note(account, sequence, index, applied);
  }

  /** Of an element that has been judged. `row`: the account's, -1 where there is no such account. */
  of(account: string, row: number, sequence: number, index: number): Verdict {
    const noted = this.other.get(keyOf(sequence, index));
    if (noted !== undefined) return noted.account === account ? noted.verdict : unknown;
    if (sequence <= this.forgotten) return unknown;
    const at = (sequence % limits.verdictImpactsKept) * fields;
    if (this.impacts[at] !== sequence) return applied;
    if (this.impacts[at + 8] !== row) return unknown;
    const impact = index === 0 ? this.impactOf(sequence) : null;
    return impact === null ? applied : { outcome: 'applied', impact };
  }

  private impactOf(sequence: number): Impact | null {
    const at = (sequence % limits.verdictImpactsKept) * fields;
    // Of a first element that was not applied.
    if (Number.isNaN(this.impacts[at + 7])) return null;
    const figure = (i: number): number => this.impacts[at + i] ?? NaN;
    const orNull = (x: number): number | null => (Number.isNaN(x) ? null : x);
    return {
      equityBefore: orNull(figure(1)),
      equityAfter: orNull(figure(2)),
      cashChange: orNull(doubleHalfEven(figure(3) * figure(4))),
      quantityBefore: figure(5) / 10 ** figure(7),
      quantityAfter: figure(6) / 10 ** figure(7),
    };
  }
}

function keyOf(sequence: number, index: number): string {
  return `${sequence}.${index}`;
}
