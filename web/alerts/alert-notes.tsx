/** The alerts of one account, newest first, where there is little room. */
import type { Alert } from '../api/shapes.ts';
import { times } from '../format/formats.ts';

export function AlertNotes({ shown }: { readonly shown: readonly Alert[] }) {
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>Alerts</h2>
        <span class="muted">{shown.length === 0 ? 'none' : shown.length}</span>
      </div>
      {shown.length > 0 && (
        <ul class="alert-notes" tabIndex={0} aria-label="Alerts">
          {shown.map((alert) => (
            <li key={`${alert.kind}.${alert.alert_id}`}>
              <span class={`severity ${alert.severity}`}>{alert.severity}</span>{' '}
              {alert.kind.replaceAll('_', ' ')}
              <time>{times.moment(alert.raised_at)}</time>
              <p>{alert.message}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
