/** Which page is shown: the part of the address behind #, so that the gateway has one page to serve. */
import { signal } from '@preact/signals';

export type Route =
  | { readonly page: 'accounts' }
  | { readonly page: 'alerts' }
  | { readonly page: 'account'; readonly id: string };

export const route = signal<Route>(routeOf(location.hash));

window.addEventListener('hashchange', () => {
  route.value = routeOf(location.hash);
  scrollTo(0, 0);
});

export function accountHref(id: string): string {
  return `#/account/${encodeURIComponent(id)}`;
}

function routeOf(hash: string): Route {
  const [, page = '', id = ''] = hash.split('/');
  if (page === 'alerts') return { page: 'alerts' };
  if (page === 'account' && id !== '') return { page: 'account', id: decodeURIComponent(id) };
  return { page: 'accounts' };
}
