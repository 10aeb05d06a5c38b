/**
 * Accounts that take no events until the next start: the state in which each of them is left, and whether it is written.
 * Of these a checkpoint may say that they are behind. Knows nothing of why they are left, nor of where states are kept.
 */
import { limits } from '../config/limits.ts';

export class HeldAccounts<State extends { readonly account: string }> {
  private readonly states = new Map<number, { readonly state: State; isWritten: boolean }>();

  add(row: number, state: State): void {
    this.states.set(row, { state, isWritten: false });
  }

  get hasUnwritten(): boolean {
    return [...this.states.values()].some(({ isWritten }) => !isWritten);
  }

  async save(write: (state: State) => Promise<void>): Promise<void> {
    for (const each of this.states.values()) {
      if (each.isWritten) continue;
      await write(each.state);
      each.isWritten = true;
    }
  }

  /** Ids of the stopped accounts; null where one of them is not written, or they are too many to name. */
  named(stopped: ReadonlySet<number>): readonly string[] | null {
    if (stopped.size > limits.checkpointHeldAccountsMax) return null;
    const names: string[] = [];
    for (const row of stopped) {
      const held = this.states.get(row);
      if (held?.isWritten !== true) return null;
      names.push(held.state.account);
    }
    return names;
  }
}
