/**
 * A position of which fills were voided, on its way through its fills: as it was recorded, and as it is without them.
 * The arithmetic is the ledger's. In base, what a fill realized is what was booked, or, where it realizes something else
 * now, that at the rate of then.
 */
import { fillPosition } from '../ledger/position.ts';
import type { PositionStep } from '../ledger/position.ts';
import { doubleHalfEven } from '../domain/rounding.ts';
import type { Market } from './market.ts';
import type { EffectRecord } from './records.ts';

interface PositionState {
  quantity: number;
  cost: number;
  realized: number;
  /** Since before the first of the voided fills. */
  realizedBase: number;
}

/** What a position is more without the voided fills. */
export interface PositionShift {
  /** In base: of a spot position its value, of a margined one what it has unrealized. */
  readonly value: number;
  /** In base. */
  readonly unrealized: number;
  readonly realizedBase: number;
  /** In its currency. */
  readonly realized: number;
}

const step: PositionStep = { quantity: 0, cost: 0, realized: 0, value: 0 };

export class VoidedPosition {
  readonly symbol: number;
  /** Voided fills that still counted. */
  active = 0;
  readonly recorded: PositionState;
  readonly corrected: PositionState;

  /** As it was before the first of its fills that was voided. */
  constructor({ symbol, quantityBefore, costBefore, positionRealized, realized }: EffectRecord) {
    this.symbol = symbol;
    this.recorded = {
      quantity: quantityBefore,
      cost: costBefore,
      realized: positionRealized - realized,
      realizedBase: 0,
    };
    this.corrected = { ...this.recorded };
  }

  /** A fill, a transfer, or the void of one. */
  take(e: EffectRecord, isVoided: boolean, { instruments }: Market): void {
    this.recorded.quantity = e.quantityAfter;
    this.recorded.cost = e.costAfter;
    this.recorded.realized = e.positionRealized;
    this.recorded.realizedBase += booked(e.realizedBase);
    if (this.active === 0) Object.assign(this.corrected, this.recorded);
    else if (e.kind !== 'void' && !isVoided) {
      const instrument = instruments.get(this.symbol);
      for (const change of [e.quantity, 0 - e.feeQuantity]) {
        if (change === 0) continue;
        fillPosition(step, this.corrected.quantity, this.corrected.cost, change, e.price, instrument);
        this.corrected.quantity = step.quantity;
        this.corrected.cost = step.cost;
        this.corrected.realized += step.realized;
        const isAsBooked = step.realized === e.realized && e.feeQuantity === 0;
        this.corrected.realizedBase += booked(
          isAsBooked ? e.realizedBase : doubleHalfEven(step.realized * e.rate),
        );
      }
    }
  }

  /** Each of the two converted whole, as the ledger converts a position. */
  shift(market: Market): PositionShift {
    const { recorded, corrected, symbol } = this;
    const { currency, margined } = market.instruments.get(symbol);
    const valueWas = market.valueOf(symbol, recorded.quantity, recorded.cost);
    const valueIs = market.valueOf(symbol, corrected.quantity, corrected.cost);
    const unrealized =
      market.inBase(currency, valueIs - corrected.cost) - market.inBase(currency, valueWas - recorded.cost);
    const value = margined
      ? unrealized
      : market.inBase(currency, valueIs) - market.inBase(currency, valueWas);
    return {
      value,
      unrealized,
      realizedBase: corrected.realizedBase - recorded.realizedBase,
      realized: corrected.realized - recorded.realized,
    };
  }

  /** How many positions more are open without the voided fills. */
  get opened(): number {
    return (this.corrected.quantity === 0 ? 0 : 1) - (this.recorded.quantity === 0 ? 0 : 1);
  }
}

/** What waits for a rate is booked nowhere yet. */
function booked(base: number): number {
  return Number.isNaN(base) ? 0 : base;
}
