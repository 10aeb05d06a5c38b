/** A conflater of prices as the configuration has it, that tells of prices which are held back. */
import type { Config } from '../config/load.ts';
import { PriceConflater } from '../streams/operators/conflate-prices.ts';
import type { Alerting } from './alerting.ts';
import type { Ports } from './ports.ts';

export function conflaterOf(
  { prices }: Config,
  ports: Pick<Ports, 'clock'>,
  alerting: Alerting,
): PriceConflater {
  const options = {
    mark: prices.mark,
    fromSettlements: prices.from_settlements,
    maxFutureMs: prices.max_future_ms,
    maxMovePercent: prices.guard.max_move_percent,
    confirmTicks: prices.guard.confirm_ticks,
  };
  const why = `a move beyond ${String(prices.guard.max_move_percent)} % waits to be confirmed`;
  return new PriceConflater(options, ports.clock, (symbol, _from, _to, isHeld) => {
    alerting.heldPrice(symbol, isHeld, why, ports.clock.now());
  });
}
