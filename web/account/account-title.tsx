/** Equity and day change in the title of the tab, not more often than it can be read. */
import { useEffect, useState } from 'preact/hooks';
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { PageTitle } from '../app/page-title.tsx';
import { money, ratios } from '../format/formats.ts';
import { arrows, directionOf } from '../format/ratio.ts';
import { accounts } from '../live/accounts.ts';
import type { Account } from '../api/shapes.ts';

export function AccountTitle({ account: { id } }: { readonly account: Account }) {
  const [text, setText] = useState(() => titleOf(id));
  useEffect(() => {
    const timer = setInterval(() => setText(titleOf(id)), dashboardLimits.titleEveryMs);
    return () => clearInterval(timer);
  }, [id]);
  return <PageTitle text={text} />;
}

/** "1,555,395.89 USD ▼ -4.58% · 150". */
function titleOf(id: string): string {
  const account = accounts.get(id);
  if (account === undefined) return id;
  const { total_equity: equity, currency, day_change: change, day_change_percent: percent } = account;
  const day =
    `${arrows[directionOf(change)]} ${ratios.signedPercent(percent === null ? null : percent / 100)}`.trim();
  return `${money.amount(equity, currency)} ${currency} ${day} · ${id}`;
}
