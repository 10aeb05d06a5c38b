/** One account of the list. */
import { Change } from '../app/change.tsx';
import { accountHref } from '../app/route.ts';
import { StateChip } from '../app/state-chip.tsx';
import { money, ratios } from '../format/formats.ts';
import type { Account } from '../api/shapes.ts';
import { DrawdownBar } from './drawdown-bar.tsx';

interface Props {
  readonly account: Account;
  /** In the whole list. */
  readonly index: number;
}

export function AccountRow({ account, index }: Props) {
  const { id, name, currency } = account;
  const href = accountHref(id);
  const dayPercent = account.day_change_percent === null ? null : account.day_change_percent / 100;
  return (
    <tr
      aria-rowindex={index + 2}
      data-account={id}
      data-tick={account.tick}
      data-equity={account.total_equity}
      onClick={() => {
        location.hash = href;
      }}
    >
      <th scope="row" class="account-cell">
        <a href={href}>{id}</a>
        <span class="name">{name}</span>
      </th>
      <td class="number strong">
        {money.amount(account.total_equity, currency)}
        <span class="narrow-only under">{currency}</span>
      </td>
      <td class="wide-only muted">{currency}</td>
      <td class="number">
        <Change value={account.day_change} text={money.signed(account.day_change, currency)} />
        <span class="narrow-only under">{ratios.signedPercent(dayPercent)}</span>
      </td>
      <td class="number wide-only">
        <Change value={dayPercent} text={ratios.signedPercent(dayPercent)} withArrow={false} />
      </td>
      <td class="number wide-only">
        <Change
          value={account.unrealized_pnl}
          text={money.signed(account.unrealized_pnl, currency)}
          withArrow={false}
        />
      </td>
      <td class="number wide-only">
        <Change
          value={account.realized_pnl}
          text={money.signed(account.realized_pnl, currency)}
          withArrow={false}
        />
      </td>
      <td class="number wide-only">{ratios.nav(account.nav)}</td>
      <td class="number">
        <DrawdownBar drawdown={account.drawdown} />
      </td>
      <td class="wide-only">
        <StateChip state={account.state} />
      </td>
    </tr>
  );
}
