/** The list of accounts: search, order, and the table that is live. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { PageTitle } from '../app/page-title.tsx';
import { accounts } from '../live/accounts.ts';
import { isCutOff, link } from '../live/connection.ts';
import { drawnEachFrame } from '../live/frames.ts';
import { AccountsTable } from './accounts-table.tsx';
import { arranged, orderAfterClick, type Order } from './order.ts';

/** Kept while the page is open: who comes back from an account finds the list as it was. */
let keptOrder: Order = { by: 'equity', isAscending: false };
let keptText = '';

export function AccountsPage() {
  const [order, setOrder] = useState(keptOrder);
  const [text, setText] = useState(keptText);
  keptOrder = order;
  keptText = text;
  const beat = useBeat();
  const count = accounts.size;
  const ids = useMemo(
    () => arranged(accounts.values(), order, text).map(({ id }) => id),
    [order, text, beat, count],
  );
  return (
    <main class="page accounts-page" id="main">
      <PageTitle text="" />
      <div class="page-head">
        <h1>Accounts</h1>
        <span class="muted" data-count={count}>
          {text.trim() === '' ? count : `${ids.length} of ${count}`}
        </span>
        <input
          type="search"
          aria-label="Search accounts by id or name"
          placeholder="Search id or name"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </div>
      {isCutOff.value && (
        <p class="missing">
          There are more accounts than can be followed at once: these are the {dashboardLimits.accountsMax}{' '}
          largest by equity.
        </p>
      )}
      {count === 0 ? (
        <p class="nothing">{link.value === 'live' ? 'No accounts yet.' : 'Loading accounts …'}</p>
      ) : (
        <AccountsTable ids={ids} order={order} onOrder={(by) => setOrder(orderAfterClick(order, by))} />
      )}
    </main>
  );
}

/** Counts seconds: a list that moves with every tick cannot be read. The count of accounts is drawn at once. */
function useBeat(): number {
  const [beat, setBeat] = useState(0);
  drawnEachFrame();
  useEffect(() => {
    const timer = setInterval(() => setBeat((count) => count + 1), dashboardLimits.orderEveryMs);
    return () => clearInterval(timer);
  }, []);
  return beat;
}
