/** What the curves say at the moment that is pointed at, or now. */
import { Change } from '../app/change.tsx';
import { money, ratios, times } from '../format/formats.ts';
import type { CurveRow } from './curve.ts';

interface Props {
  readonly row: CurveRow | null;
  readonly currency: string;
  readonly isNow: boolean;
  readonly flowCount: number;
}

export function CurveReadout({ row, currency, isNow, flowCount }: Props) {
  if (row === null) return <dl class="readout" />;
  return (
    <dl class="readout" data-ts={row.ts} data-equity={row.equity} data-flows={flowCount} data-now={isNow}>
      <div>
        <dt>{isNow ? 'Now' : 'At'}</dt>
        <dd>{times.moment(row.ts)}</dd>
      </div>
      <div>
        <dt>Equity</dt>
        <dd>{money.amount(row.equity, currency)}</dd>
      </div>
      <div>
        <dt>NAV</dt>
        <dd>{ratios.nav(row.nav)}</dd>
      </div>
      <div>
        <dt>P&L</dt>
        <dd>
          <Change value={row.pnl} text={money.signed(row.pnl, currency)} />
        </dd>
      </div>
      <div>
        <dt>Drawdown</dt>
        <dd>{ratios.percent(row.drawdown)}</dd>
      </div>
    </dl>
  );
}
