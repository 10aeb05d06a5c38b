/** The head of an account: whose it is, its equity, and the few figures that are looked at first. */
import { Change } from '../app/change.tsx';
import { StateChip } from '../app/state-chip.tsx';
import type { Account, Detail } from '../api/shapes.ts';
import { money, ratios } from '../format/formats.ts';
import { isOperator } from '../live/connection.ts';
import { Figure } from './figure.tsx';
import { FlowButtons } from './flow-buttons.tsx';
import { PriceAge } from './price-age.tsx';

interface Props {
  readonly account: Account;
  readonly detail: Detail | null;
}

export function Headline({ account, detail }: Props) {
  const { id, name, currency, nav, total_equity: equity, day_change: day } = account;
  const dayPercent = account.day_change_percent === null ? null : account.day_change_percent / 100;
  const allTime = nav === null ? null : nav - 1;
  const pnl = equity - account.net_flow;
  return (
    <div class="headline">
      <div class="identity">
        <a href="#/" class="back">
          <span aria-hidden="true">←</span> Accounts
        </a>
        <h1>
          {id} {name !== '' && <span class="name">{name}</span>}
        </h1>
        <div class="identity-notes">
          <StateChip state={account.state} />
          <PriceAge detail={detail} />
        </div>
      </div>
      <div class="worth" data-equity={equity} data-sequence={account.sequence} data-tick={account.tick}>
        <span class="label">Total equity</span>
        <span class="equity">{money.full(equity, currency)}</span>
        <span class="day">
          <Change value={day} text={money.signed(day, currency)} />{' '}
          <Change value={dayPercent} text={`(${ratios.signedPercent(dayPercent)})`} withArrow={false} />
          <span class="muted"> today</span>
        </span>
      </div>
      <dl class="headline-figures">
        <Figure name="All time" note="Time-weighted return: what deposits and withdrawals cannot change">
          <Change value={allTime} text={ratios.signedPercent(allTime)} />
        </Figure>
        <Figure name="Cumulative P&L">
          <Change value={pnl} text={money.signed(pnl, currency)} withArrow={false} />
        </Figure>
        <Figure name="NAV">{ratios.nav(nav)}</Figure>
        <Figure name="Drawdown">{ratios.percent(account.drawdown)}</Figure>
        <Figure name="Max drawdown">{ratios.percent(account.max_drawdown)}</Figure>
        <Figure name="Net flow">{money.signed(account.net_flow, currency)}</Figure>
      </dl>
      {isOperator.value && <FlowButtons account={account} detail={detail} />}
    </div>
  );
}
