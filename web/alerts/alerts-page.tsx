/** All alerts of the accounts that the token sees. */
import { PageTitle } from '../app/page-title.tsx';
import { AlertTable } from './alert-table.tsx';
import { alerts } from './alerts.ts';

export function AlertsPage() {
  return (
    <main class="page" id="main">
      <PageTitle text="Alerts" />
      <div class="page-head">
        <h1>Alerts</h1>
        <span class="muted">{alerts.value.length} raised</span>
      </div>
      <section class="panel">
        <AlertTable shown={alerts.value} />
      </section>
    </main>
  );
}
