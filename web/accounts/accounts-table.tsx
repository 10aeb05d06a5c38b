/** The table of accounts: only the rows that are seen are in the document, and they are drawn once a frame. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { accounts } from '../live/accounts.ts';
import { drawnEachFrame } from '../live/frames.ts';
import { AccountRow } from './account-row.tsx';
import type { Order, OrderBy } from './order.ts';
import { SortHeader } from './sort-header.tsx';
import { visibleRows } from './visible-rows.ts';

interface Props {
  /** In order. */
  readonly ids: readonly string[];
  readonly order: Order;
  readonly onOrder: (by: OrderBy) => void;
}

const narrow = matchMedia('(max-width: 640px)');
const rowHeights = { narrow: 52, wide: 34 };

export function AccountsTable({ ids, order, onOrder }: Props) {
  drawnEachFrame();
  const box = useRef<HTMLDivElement>(null);
  const [{ scrolled, height, rowHeight }, setView] = useState({
    scrolled: 0,
    height: 800,
    rowHeight: rowHeights.wide,
  });
  const look = (): void => {
    const { scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    const row = narrow.matches ? rowHeights.narrow : rowHeights.wide;
    setView({ scrolled: scrollTop, height: clientHeight, rowHeight: row });
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(look);
    if (box.current !== null) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const { first, end } = visibleRows(ids.length, rowHeight, scrolled, height);
  const sort = { order, onOrder };
  return (
    <div
      class="scroll accounts-box"
      ref={box}
      onScroll={look}
      tabIndex={0}
      role="region"
      aria-label="Accounts"
    >
      <table class="figures accounts" aria-rowcount={ids.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <SortHeader by="id" text="Account" {...sort} />
            <SortHeader by="equity" text="Equity" isNumber {...sort} />
            <th scope="col" class="wide-only">
              <abbr title="Currency">Ccy</abbr>
            </th>
            <SortHeader by="day" text="Day change" isNumber {...sort} />
            <th scope="col" class="number wide-only">
              Day %
            </th>
            <th scope="col" class="number wide-only">
              Unrealized
            </th>
            <th scope="col" class="number wide-only">
              Realized
            </th>
            <th scope="col" class="number wide-only">
              NAV
            </th>
            <SortHeader by="drawdown" text="Drawdown" isNumber {...sort} />
            <th scope="col" class="wide-only">
              State
            </th>
          </tr>
        </thead>
        <tbody>
          <Space height={first * rowHeight} />
          {ids.slice(first, end).map((id, i) => {
            const account = accounts.get(id);
            return account && <AccountRow key={id} account={account} index={first + i} />;
          })}
          <Space height={(ids.length - end) * rowHeight} />
        </tbody>
      </table>
    </div>
  );
}

/** In the place of rows that are not in the document. */
function Space({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" class="space">
      <td colSpan={10} style={{ height: `${height}px` }} />
    </tr>
  );
}
