/** The accounts of the token as they are now, by id. Owns the newest figures; who wants every tick of one listens to it. */
import type { Account, Figures, Listed } from '../api/shapes.ts';
import { drawSoon } from './frames.ts';

type Listener = (account: Account) => void;

export const accounts = new Map<string, Account>();
const names = new Map<string, string>();
const listeners = new Map<string, Set<Listener>>();

/** A frame of the stream: an id that is an integer is a number there. */
export function takeEquity(data: Figures & { readonly account_id: string | number }): void {
  take(String(data.account_id), data);
}

/** Of a list by REST: also names, which the stream does not have. What is live already is newer. */
export function takeListed(listed: readonly Listed[]): void {
  for (const each of listed) {
    names.set(each.account_id, each.name ?? '');
    const known = accounts.get(each.account_id);
    if (known === undefined || known.tick < each.tick) take(each.account_id, each);
    else accounts.set(known.id, { ...known, name: each.name ?? '' });
  }
  drawSoon();
}

/** Every tick of the account that reaches the page; ends when the answer is called. */
export function listen(id: string, listener: Listener): () => void {
  const all = listeners.get(id) ?? new Set();
  listeners.set(id, all.add(listener));
  return () => {
    all.delete(listener);
    if (all.size === 0) listeners.delete(id);
  };
}

export function forgetAccounts(): void {
  accounts.clear();
  drawSoon();
}

function take(id: string, figures: Figures): void {
  const account = { ...figures, id, name: names.get(id) ?? '' };
  accounts.set(id, account);
  for (const listener of listeners.get(id) ?? []) listener(account);
  drawSoon();
}
