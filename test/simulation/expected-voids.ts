/**
 * Voids as the expected ledger judges them: what each undoes, what waits for its target, and what has waited for too long
 * by the times of LEDGER.
 */
import type { ExpectedAccount, ExpectedElement } from './expected-account.ts';

export interface Void {
  /** By kind and id. */
  readonly key: string;
  readonly content: string;
  /** Its target, by kind and id. */
  readonly of: string;
}

interface WaitingVoid extends Void {
  readonly account: ExpectedAccount;
  /** Where it came. */
  readonly element: ExpectedElement;
  /** The last moment at which its target may come. */
  readonly until: number;
}

export class ExpectedVoids {
  private readonly waitMs: number;
  private waiting: WaitingVoid[] = [];

  constructor(waitMs: number) {
    this.waitMs = waitMs;
  }

  expire(time: number): void {
    this.waiting = this.waiting.filter(({ until, element }) => {
      if (time <= until) return true;
      element.verdict = 'settlement_unknown';
      return false;
    });
  }

  contentOfWaiting(account: ExpectedAccount, key: string): string | undefined {
    return this.waiting.find((each) => each.account === account && each.key === key)?.content;
  }

  takeWaitingFor(account: ExpectedAccount, of: string): readonly WaitingVoid[] {
    const isTaken = (each: WaitingVoid): boolean => each.account === account && each.of === of;
    const taken = this.waiting.filter(isTaken);
    if (taken.length > 0) this.waiting = this.waiting.filter((each) => !isTaken(each));
    return taken;
  }

  /** The verdict; of one that is applied the element is told what it undoes. `time`: LEDGER's, of one that may wait. */
  judge(account: ExpectedAccount, element: ExpectedElement, event: Void, time: number): string {
    const { key, content, of } = event;
    const target = account.voidable.get(of);
    if (target !== undefined) {
      account.voidable.delete(of);
      account.seen.set(key, content);
      element.undone = account.undo(target);
      return '';
    }
    const own = this.waiting.filter((each) => each.account === account).map((each) => each.key);
    if (account.seen.has(of) || of === key || own.includes(of)) return 'settlement_unknown';
    this.waiting.push({ ...event, account, element, until: time + this.waitMs });
    return 'waits';
  }
}
