/** The token of whoever looks at the page: kept for this tab alone, and never part of an address. */
import { signal } from '@preact/signals';

const key = 'tidemark.token';

/** null: none is known; without tokens none is needed. */
export const token = signal<string | null>(sessionStorage.getItem(key));
/** Why one has to be given before anything is shown; null: it has not. */
export const tokenWanted = signal<string | null>(null);

export function giveToken(text: string): void {
  sessionStorage.setItem(key, text);
  token.value = text;
  tokenWanted.value = null;
}

/** `reason`: the name of the problem with it, or `signed_out`. */
export function forgetToken(reason: string): void {
  sessionStorage.removeItem(key);
  token.value = null;
  tokenWanted.value = reason;
}
