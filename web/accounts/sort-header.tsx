/** The head of a column that can be sorted by: a real button, and its order told. */
import type { Order, OrderBy } from './order.ts';

interface Props {
  readonly by: OrderBy;
  readonly text: string;
  readonly isNumber?: boolean;
  readonly order: Order;
  readonly onOrder: (by: OrderBy) => void;
}

export function SortHeader({ by, text, isNumber = false, order, onOrder }: Props) {
  const isSorted = order.by === by;
  const sort = !isSorted ? 'none' : order.isAscending ? 'ascending' : 'descending';
  return (
    <th scope="col" aria-sort={sort} class={isNumber ? 'number' : ''}>
      <button type="button" class="sort" onClick={() => onOrder(by)}>
        {text}
        <span aria-hidden="true" class="sort-arrow">
          {!isSorted ? '↕' : order.isAscending ? '↑' : '↓'}
        </span>
      </button>
    </th>
  );
}
