/** What stands above every page: where one is, whether it is live, alerts, colours. */
import { alerts } from '../alerts/alerts.ts';
import { forgetToken, token } from '../api/token.ts';
import { ConnectionState } from './connection-state.tsx';
import { Mark } from './mark.tsx';
import { route } from './route.ts';
import { ThemeSwitch } from './theme-switch.tsx';

export function TopBar() {
  const count = alerts.value.length;
  const here = route.value.page;
  return (
    <header class="top-bar">
      <a class="brand" href="#/" aria-label="Tidemark, accounts">
        <Mark />
        <span>Tidemark</span>
      </a>
      <nav aria-label="Pages">
        <a href="#/" aria-current={here === 'accounts' ? 'page' : undefined}>
          Accounts
        </a>
        <a href="#/alerts" aria-current={here === 'alerts' ? 'page' : undefined}>
          Alerts
          {count > 0 && <span class="count">{count}</span>}
        </a>
      </nav>
      <div class="top-bar-end">
        <ConnectionState />
        <ThemeSwitch />
        {token.value !== null && (
          <button type="button" class="quiet" onClick={() => forgetToken('signed_out')}>
            Sign out
          </button>
        )}
      </div>
    </header>
  );
}
