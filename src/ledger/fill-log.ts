/**
 * The fills of one account in one symbol, in order, as little of each as it takes to make the position again without one
 * of them. In columns: an account may have a million fills. Knows nothing of cash, fees in money, rates.
 */
import type { Effect } from '../domain/effect.ts';
import type { Instrument } from '../domain/instrument.ts';
import { isSafe } from '../domain/rounding.ts';
import { grown, nextCapacity } from './grow.ts';
import { fillPosition } from './position.ts';
import type { PositionStep } from './position.ts';

/** What a fill realized, in the instrument's currency: when it was applied, until now, and from now on. */
export interface RealizedChange {
  readonly sequence: number;
  readonly index: number;
  readonly applied: number;
  readonly was: number;
  readonly is: number;
}

/** What the position is more, or less, without a fill. */
export interface PositionChange {
  readonly quantity: number;
  readonly cost: number;
  readonly realized: number;
  /** The voided fill first, then those after it that realize something else without it. */
  readonly fills: readonly RealizedChange[];
}

const step: PositionStep = { quantity: 0, cost: 0, realized: 0, value: 0 };

/** A position on its way through the fills. */
class Running {
  quantity = 0;
  cost = 0;
  realized = 0;
  isSafe = true;
  private readonly instrument: Instrument;

  constructor(instrument: Instrument) {
    this.instrument = instrument;
  }

  /** A fill, and what of it was paid in kind. Returns what both realized. */
  add(change: number, inKind: number, price: number): number {
    const realized = this.move(change, price) + (inKind === 0 ? 0 : this.move(0 - inKind, price));
    this.realized += realized;
    if (!isSafe(this.realized)) this.isSafe = false;
    return realized;
  }

  private move(change: number, price: number): number {
    fillPosition(step, this.quantity, this.cost, change, price, this.instrument);
    this.quantity = step.quantity;
    this.cost = step.cost;
    if (!isSafe(step.quantity) || !isSafe(step.cost) || !isSafe(step.realized)) this.isSafe = false;
    return step.realized;
  }
}

export class FillLog {
  private count = 0;
  private change = new Float64Array(0);
  private inKind = new Float64Array(0);
  private price = new Float64Array(0);
  private realized = new Float64Array(0);
  private sequence = new Float64Array(0);
  private index = new Int32Array(0);
  private voided = new Uint8Array(0);

  /** The effect of a fill or transfer; its place here. */
  add(effect: Effect): number {
    const place = this.count++;
    if (place >= this.change.length) this.grow(this.count);
    this.change[place] = effect.quantity;
    this.inKind[place] = effect.feeQuantity;
    this.price[place] = effect.price;
    this.realized[place] = effect.realized;
    this.sequence[place] = effect.sequence;
    this.index[place] = effect.index;
    return place;
  }

  drop(place: number): void {
    this.voided[place] = 1;
  }

  /**
   * The position without the fill at a place; null where an amount would leave the safe integers on the way.
   * Buy 100 @ 50, buy 100 @ 60, sell 50 @ 70: the sale released 55 a unit, realized 750. Without the first purchase it
   * releases 60 and realizes 500: quantity -100, cost -5,250 (8,250 to 3,000), realized -250.
   */
  without(place: number, instrument: Instrument): PositionChange | null {
    const was = new Running(instrument);
    const is = new Running(instrument);
    const fills: RealizedChange[] = [];
    for (let i = 0; i < this.count; i++) {
      if (this.voided[i] === 1) continue;
      const change = this.change[i] ?? 0;
      const inKind = this.inKind[i] ?? 0;
      const price = this.price[i] ?? 0;
      const realizedWas = was.add(change, inKind, price);
      const realizedIs = i === place ? 0 : is.add(change, inKind, price);
      if (realizedIs !== realizedWas || i === place) {
        fills.push({
          sequence: this.sequence[i] ?? 0,
          index: this.index[i] ?? 0,
          applied: this.realized[i] ?? 0,
          was: realizedWas,
          is: realizedIs,
        });
      }
    }
    const quantity = is.quantity - was.quantity;
    const cost = is.cost - was.cost;
    const realized = is.realized - was.realized;
    const fits = was.isSafe && is.isSafe && isSafe(quantity) && isSafe(cost) && isSafe(realized);
    return fits ? { quantity, cost, realized, fills } : null;
  }

  private grow(needed: number): void {
    const capacity = nextCapacity(this.change.length, needed);
    this.change = grown(this.change, capacity);
    this.inKind = grown(this.inKind, capacity);
    this.price = grown(this.price, capacity);
    this.realized = grown(this.realized, capacity);
    this.sequence = grown(this.sequence, capacity);
    this.index = grown(this.index, capacity);
    this.voided = grown(this.voided, capacity);
  }
}
