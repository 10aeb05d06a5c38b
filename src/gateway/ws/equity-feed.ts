/**
 * The equity of the accounts that somebody reads: one subscription to `equity.*` for all of them, and the engine asked
 * for what is true when a reader joins and after anything may have been lost. Owns the accounts; knows no socket.
 *
 * It subscribes while anybody reads: with nobody there, the updates of all accounts would be work for nothing. All
 * accounts by one subscription, since then the order of subscribing and asking is kept in one place.
 */
import { figuresOf } from '../../client/account-reply.ts';
import { EngineAway, type NatsDoor } from '../../client/nats.ts';
import type { Cancel, Log } from '../../ports.ts';
import { EngineWatch } from './engine-watch.ts';
import { frameOfMessage } from './frames.ts';
import { StateQuestions } from './state-questions.ts';
import { WatchedAccount, type EquityReader } from './watched-account.ts';

const subjectHead = 'equity.';

export interface EquityFeedOptions {
  /** To ask by, and to hear by. */
  readonly nats: NatsDoor;
  readonly updates: NatsDoor;
  readonly log: Log;
}

export class EquityFeed {
  /** Frames made, and messages that were none of the engine's. */
  readonly counts = { encoded: 0, malformed: 0 };
  private readonly options: EquityFeedOptions;
  private readonly accounts = new Map<string, WatchedAccount>();
  private readonly followers = new Set<EquityReader>();
  private readonly questions: StateQuestions;
  private readonly watch: EngineWatch;
  private unsubscribe: Cancel | null = null;

  constructor(options: EquityFeedOptions) {
    const { nats, log } = options;
    this.options = options;
    this.questions = new StateQuestions({
      log,
      ask: (accounts) => this.ask(accounts),
      asking: (id) => {
        const account = this.accounts.get(id);
        const question = account?.asking() ?? 0;
        return (figures) => {
          // Who reads it since everybody had left has a question of its own.
          if (figures === null || account === undefined || this.accounts.get(id) !== account) return;
          this.offer(account);
          if (account.answered(question, figures)) this.counts.encoded++;
        };
      },
      isWanted: (id) => this.accounts.has(id),
    });
    this.watch = new EngineWatch({ ...options, nats, disturbed: () => this.refresh() });
  }

  /** The reader hears of the account from now on; of its state by `known`. */
  read(id: string, reader: EquityReader): WatchedAccount {
    const account = this.accounts.get(id) ?? this.begin(id);
    account.readers.add(reader);
    this.open();
    return account;
  }

  leave(account: WatchedAccount, reader: EquityReader): void {
    account.readers.delete(reader);
    if (account.readers.size === 0 && this.accounts.get(account.id) === account) {
      this.accounts.delete(account.id);
    }
    this.closeIfIdle();
  }

  /** The reader is offered every account of which there is no frame yet, before its first one is told. */
  follow(reader: EquityReader): void {
    this.followers.add(reader);
    this.open();
  }

  unfollow(reader: EquityReader): void {
    this.followers.delete(reader);
    this.closeIfIdle();
  }

  /** Resolves when the accounts have the state that the engine gives now; those that there are. */
  async known(ids: Iterable<string>): Promise<void> {
    await Promise.all([...ids].map((id) => this.questions.ask(id)));
  }

  close(): void {
    this.accounts.clear();
    this.followers.clear();
    this.closeIfIdle();
  }

  private open(): void {
    if (this.unsubscribe !== null) return;
    this.unsubscribe = this.options.updates.subscribe(`${subjectHead}*`, (subject, payload) => {
      this.take(subject.slice(subjectHead.length), payload);
    });
    this.watch.start();
  }

  private closeIfIdle(): void {
    if (this.accounts.size > 0 || this.followers.size > 0 || this.unsubscribe === null) return;
    this.watch.stop();
    this.unsubscribe();
    this.unsubscribe = null;
  }

  private begin(id: string): WatchedAccount {
    const account = new WatchedAccount(id);
    this.accounts.set(id, account);
    return account;
  }

  /** Not when somebody begins to read it: until the first frame nobody knows whether there is such an account. */
  private offer(account: WatchedAccount): void {
    if (account.frame !== null) return;
    for (const follower of this.followers) {
      if (account.readers.has(follower)) continue;
      if (follower.appeared(account)) account.readers.add(follower);
      else this.followers.delete(follower);
    }
  }

  private take(id: string, payload: Uint8Array): void {
    const known = this.accounts.get(id);
    if (known === undefined && this.followers.size === 0) return;
    const frame = frameOfMessage(id, payload);
    if (frame === null) {
      this.counts.malformed++;
      return;
    }
    this.counts.encoded++;
    const account = known ?? this.begin(id);
    this.offer(account);
    account.take(frame);
    if (account.readers.size === 0) this.accounts.delete(id);
  }

  private async ask(ids: readonly string[]): ReturnType<typeof figuresOf> {
    const { nats, updates } = this.options;
    if (!nats.isConnected || !updates.isConnected) throw new EngineAway('NATS is away');
    // Whatever the engine tells after it answers is heard.
    await updates.flush();
    return figuresOf(nats, ids);
  }

  /** Updates may have been lost: everything is asked for anew. Rejects where the engine would not say. */
  private async refresh(): Promise<void> {
    for (const account of this.accounts.values()) account.doubt();
    await this.known(this.accounts.keys());
  }
}
