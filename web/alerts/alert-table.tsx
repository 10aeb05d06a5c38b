/** Alerts of all accounts as a table, newest first. */
import type { Alert } from '../api/shapes.ts';
import { accountHref } from '../app/route.ts';
import { times } from '../format/formats.ts';

const system = '_';

export function AlertTable({ shown }: { readonly shown: readonly Alert[] }) {
  if (shown.length === 0) return <p class="nothing">No alerts.</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Alerts">
      <table class="figures text">
        <thead>
          <tr>
            <th scope="col">Raised</th>
            <th scope="col">Severity</th>
            <th scope="col">Kind</th>
            <th scope="col">Account</th>
            <th scope="col" class="wide">
              What
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((alert) => (
            <tr key={`${alert.kind}.${alert.account_id}.${alert.alert_id}`}>
              <td>{times.moment(alert.raised_at)}</td>
              <td>
                <span class={`severity ${alert.severity}`}>{alert.severity}</span>
              </td>
              <td>{alert.kind.replaceAll('_', ' ')}</td>
              <td>
                {alert.account_id === system ? (
                  'system'
                ) : (
                  <a href={accountHref(alert.account_id)}>{alert.account_id}</a>
                )}
              </td>
              <td class="wide">{alert.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
