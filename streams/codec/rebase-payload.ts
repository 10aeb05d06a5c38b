/** A rebase as it is written to `accounts.<account>`: what `rebase-message.ts` reads. */
import type { RebaseEvent } from '../../src/domain/ledger-event.ts';

const encoder = new TextEncoder();
const orNull = (x: number): number | null => (Number.isNaN(x) ? null : x);

export function rebasePayload(e: RebaseEvent): Uint8Array {
  const message = {
    type: 'rebase',
    id: e.id,
    of: e.of,
    from: e.from,
    through: e.through,
    units_factor: orNull(e.unitsFactor),
    units: orNull(e.units),
    nav: orNull(e.nav),
    epoch: e.epoch,
    wiped_out: e.wipedOut,
    peak_nav: orNull(e.peakNav),
    peak_ts: orNull(e.peakTime),
    max_drawdown: e.maxDrawdown,
    max_drawdown_life: e.maxDrawdownLife,
    peak_profit: e.peakProfit,
    day_open_nav: e.dayOpenNav,
    day_open_equity: e.dayOpenEquity,
    ts: e.ts,
  };
  return encoder.encode(JSON.stringify(message));
}
