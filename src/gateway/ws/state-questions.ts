/**
 * Asks the engine for the states of accounts, many at a time: whoever asks while a question is under way shares the next
 * one. While the engine is away it is asked again, for as long as anybody wants to know. Knows no reader.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../../config/limits.ts';
import type { AccountFigures } from '../../client/account-reply.ts';
import type { Log } from '../../ports.ts';
import { problemOf } from '../problem.ts';

export interface StateQuestionsOptions {
  /** Those of the accounts that there are. */
  readonly ask: (accounts: readonly string[]) => Promise<readonly AccountFigures[]>;
  /**
   * Called before the engine is asked: the answer will have everything that was known then. Who takes it: null, there is
   * no such account.
   */
  readonly asking: (account: string) => (figures: AccountFigures | null) => void;
  readonly isWanted: (account: string) => boolean;
  readonly log: Log;
}

interface Waiting {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class StateQuestions {
  private readonly options: StateQuestionsOptions;
  /** Not asked yet. */
  private waiting = new Map<string, Waiting>();
  private underWay = 0;
  private isScheduled = false;

  constructor(options: StateQuestionsOptions) {
    this.options = options;
  }

  /** Resolves when the account's state was taken, or nobody wants it any more. */
  ask(account: string): Promise<void> {
    let waiting = this.waiting.get(account);
    if (waiting === undefined) {
      waiting = newWaiting();
      this.waiting.set(account, waiting);
      this.schedule();
    }
    return waiting.promise;
  }

  /** After this turn of the event loop: those who ask in it share a question. */
  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      while (this.waiting.size > 0 && this.underWay < limits.gatewayWsQuestionsMax) void this.next();
    });
  }

  private async next(): Promise<void> {
    const { waiting } = this;
    const asked = [...waiting.keys()].slice(0, limits.gatewayWsStatesAtOnce);
    const batch = new Map(asked.map((account) => [account, waiting.get(account) ?? newWaiting()]));
    for (const account of asked) waiting.delete(account);
    this.underWay++;
    try {
      await this.settle(batch);
    } finally {
      this.underWay--;
      this.schedule();
    }
  }

  private async settle(batch: ReadonlyMap<string, Waiting>): Promise<void> {
    const { ask, asking, isWanted, log } = this.options;
    for (;;) {
      const wanted = [...batch.keys()].filter(isWanted);
      for (const [account, { resolve }] of batch) if (!isWanted(account)) resolve();
      if (wanted.length === 0) return;
      try {
        const takers = wanted.map((account) => ({ account, take: asking(account) }));
        const found = new Map((await ask(wanted)).map((each) => [each.account_id, each]));
        for (const { account, take } of takers) {
          take(found.get(account) ?? null);
          batch.get(account)?.resolve();
        }
        return;
      } catch (error) {
        if (problemOf(error)?.status !== 503) {
          for (const { reject } of batch.values()) reject(error);
          return;
        }
        log.debug({ accounts: wanted.length, error: String(error) }, 'the engine is asked again');
        await sleep(limits.gatewayWsRetryMs, undefined, { ref: false });
      }
    }
  }
}

function newWaiting(): Waiting {
  let resolve: Waiting['resolve'] = () => undefined;
  let reject: Waiting['reject'] = () => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Who asked may have given up.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
