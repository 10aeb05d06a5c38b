/**
 * Ticks in, ticks with prices out: of each symbol the last price since the tick before. Holds no price itself; what
 * comes between two ticks is conflated where it arrives, outside of Rx, since it comes a hundred thousand times a second.
 */
import { map, type OperatorFunction } from 'rxjs';
import type { PriceChanges } from '../../src/domain/price-change.ts';
import type { TickMessage } from '../../src/ports.ts';

export interface TickWithPrices extends TickMessage {
  /** Reused: valid until the tick after the next. */
  readonly changes: PriceChanges;
}

export interface ConflatedPrices {
  take(): PriceChanges;
}

export function conflateUntilTick(prices: ConflatedPrices): OperatorFunction<TickMessage, TickWithPrices> {
  return map(({ tick, time }) => ({ tick, time, changes: prices.take() }));
}
