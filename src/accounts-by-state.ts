/** How many accounts are in which state: counted when somebody asks, a byte an account. */
import { lifecycleStates } from './domain/lifecycle.ts';
import type { Accounts } from './ledger/accounts.ts';

/** @param failing accounts that take no events, since their actors fail again and again */
export function accountsByState(
  { count, lifecycle }: Pick<Accounts, 'count' | 'lifecycle'>,
  failing: number,
): Record<string, number> {
  const counts = lifecycleStates.map(() => 0);
  for (let row = 0; row < count; row++) {
    const state = lifecycle[row] ?? 0;
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return { ...Object.fromEntries(lifecycleStates.map((name, i) => [name, counts[i] ?? 0])), failing };
}
