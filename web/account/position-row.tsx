/** One position. */
import { Change } from '../app/change.tsx';
import type { Position } from '../api/shapes.ts';
import { decimals, money, ratios } from '../format/formats.ts';
import { missing } from '../format/ratio.ts';

/** An average cost has up to 12 digits: so many behind the point can be read. */
const costDigits = 4;

export function PositionRow({ position }: { readonly position: Position }) {
  const {
    symbol,
    quantity,
    average_cost: cost,
    mark,
    currency,
    unrealized_pnl,
    realized_pnl,
    weight,
  } = position;
  const isFlat = Number(quantity) === 0;
  return (
    <tr class={isFlat ? 'flat' : ''} data-symbol={symbol} data-quantity={quantity} data-mark={mark}>
      <th scope="row">{symbol}</th>
      <td class="number">{decimals.text(quantity)}</td>
      <td class="number">
        {cost === null || isFlat ? missing : decimals.text(Number(cost).toFixed(costDigits))}
      </td>
      <td class="number">{mark === null ? 'no price' : decimals.text(mark, 2)}</td>
      <td class="number strong">{money.amount(position.market_value, currency)}</td>
      <td class="muted">{currency}</td>
      <td class="number">
        <Change value={unrealized_pnl} text={money.signed(unrealized_pnl, currency)} />
      </td>
      <td class="number">
        <Change value={realized_pnl} text={money.signed(realized_pnl, currency)} withArrow={false} />
      </td>
      <td class="number">{ratios.percent(weight)}</td>
    </tr>
  );
}
