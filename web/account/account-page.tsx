/** One account: what it is worth now, its curves, what it holds, and where its money came from. */
import { useEffect, useRef } from 'preact/hooks';
import { AlertNotes } from '../alerts/alert-notes.tsx';
import { alerts } from '../alerts/alerts.ts';
import { CurvePanel } from '../curve/curve-panel.tsx';
import { accounts } from '../live/accounts.ts';
import { drawnEachFrame } from '../live/frames.ts';
import { AccountTitle } from './account-title.tsx';
import { CashTable } from './cash-table.tsx';
import { EpisodesTable } from './episodes-table.tsx';
import { Headline } from './headline.tsx';
import { PnlSplit } from './pnl-split.tsx';
import { PositionsTable } from './positions-table.tsx';
import { useDetail } from './use-detail.ts';

export function AccountPage({ id }: { readonly id: string }) {
  drawnEachFrame();
  const { detail, problem } = useDetail(id);
  const corrections = useCorrections(detail?.rebase_pending ?? false);
  const live = accounts.get(id);
  if (live === undefined) {
    return (
      <main class="page" id="main">
        <p class="nothing">
          {problem === null ? `Loading account ${id} …` : `Account ${id}: ${problem.reason}`}{' '}
          <a href="#/">All accounts</a>
        </p>
      </main>
    );
  }
  const { currency } = live;
  const own = alerts.value.filter((alert) => alert.account_id === id);
  return (
    <main class="page account-page" id="main">
      <AccountTitle account={live} />
      <Headline account={live} detail={detail} />
      <div class="columns">
        <CurvePanel
          id={id}
          currency={currency}
          symbols={detail?.positions.map(({ symbol }) => symbol) ?? []}
          corrections={corrections}
        />
        <div class="side">
          <PnlSplit account={live} detail={detail} />
          <CashTable detail={detail} />
          <AlertNotes shown={own} />
        </div>
      </div>
      <PositionsTable detail={detail} problem={problem} />
      <EpisodesTable id={id} />
    </main>
  );
}

/** Counts corrections of history that have come to their end: what was read before is no longer what it was. */
function useCorrections(isPending: boolean): number {
  const count = useRef(0);
  const before = useRef(isPending);
  if (before.current && !isPending) count.current++;
  useEffect(() => {
    before.current = isPending;
  }, [isPending]);
  return count.current;
}
