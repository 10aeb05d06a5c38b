/** Where the profit came from: parts that sum to it exactly, all of one moment. */
import { Change } from '../app/change.tsx';
import type { Account, Detail } from '../api/shapes.ts';
import { money } from '../format/formats.ts';
import { pnlPartsOf } from './pnl-parts.ts';

interface Props {
  readonly account: Account;
  readonly detail: Detail | null;
}

export function PnlSplit({ account, detail }: Props) {
  const { currency } = account;
  const parts = detail === null ? null : pnlPartsOf(account, detail);
  const rows: [name: string, minor: number | null][] = [
    ['Realized', parts?.realized ?? null],
    ['Unrealized', parts?.unrealized ?? null],
    ['Income', parts?.income ?? null],
    ['Fees', parts === null ? null : 0 - parts.fees],
    ['FX', parts?.fx ?? null],
  ];
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>P&L</h2>
        <span class="muted">{currency}</span>
      </div>
      <table class="figures pairs">
        <tbody>
          {rows.map(([name, minor]) => (
            <Line key={name} name={name} minor={minor} currency={currency} />
          ))}
        </tbody>
        <tfoot>
          <Line name="Cumulative" minor={parts?.total ?? null} currency={currency} />
        </tfoot>
      </table>
    </section>
  );
}

function Line({
  name,
  minor,
  currency,
}: {
  readonly name: string;
  readonly minor: number | null;
  readonly currency: string;
}) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">
        {minor !== null && <Change value={minor} text={money.signed(minor, currency)} />}
      </td>
    </tr>
  );
}
