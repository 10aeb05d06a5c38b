/** What is in cash, by currency, and what of it is free. */
import type { Detail } from '../api/shapes.ts';
import { money } from '../format/formats.ts';

export function CashTable({ detail }: { readonly detail: Detail | null }) {
  const cash = Object.entries(detail?.cash ?? {});
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>Cash</h2>
      </div>
      <table class="figures pairs cash">
        <tbody>
          {cash.map(([currency, minor]) => (
            <tr key={currency} data-currency={currency} data-minor={minor}>
              <th scope="row">{currency}</th>
              <td class="number">{money.amount(minor, currency)}</td>
            </tr>
          ))}
        </tbody>
        {detail !== null && (
          <tfoot>
            <tr>
              <th scope="row">Available, {detail.currency}</th>
              <td class="number">{money.amount(detail.available_cash, detail.currency)}</td>
            </tr>
            {detail.borrowed !== 0 && (
              <tr>
                <th scope="row">Borrowed, {detail.currency}</th>
                <td class="number">{money.amount(detail.borrowed, detail.currency)}</td>
              </tr>
            )}
          </tfoot>
        )}
      </table>
    </section>
  );
}
