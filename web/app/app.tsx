/** The page: a token where one is wanted, then the page that the address names. */
import { AccountPage } from '../account/account-page.tsx';
import { AccountsPage } from '../accounts/accounts-page.tsx';
import { AlertsPage } from '../alerts/alerts-page.tsx';
import { tokenWanted } from '../api/token.ts';
import { MissingParts } from './missing-parts.tsx';
import { route } from './route.ts';
import { TokenPage } from './token-page.tsx';
import { TopBar } from './top-bar.tsx';

export function App() {
  if (tokenWanted.value !== null) return <TokenPage />;
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to content
      </a>
      <TopBar />
      <MissingParts />
      <Page />
    </>
  );
}

function Page() {
  const shown = route.value;
  switch (shown.page) {
    case 'accounts':
      return <AccountsPage />;
    case 'alerts':
      return <AlertsPage />;
    case 'account':
      return <AccountPage key={shown.id} id={shown.id} />;
  }
}

/** The address behind # is the page's. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('main a, main button, main input')?.focus();
}
