/**
 * What one client has subscribed to, within what its token may see. Owns which accounts it reads, and that it hears of
 * none before the answer to its request; knows the feeds, and the outbox that everything goes to.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../../config/limits.ts';
import { listAccounts } from '../../client/account-reply.ts';
import type { NatsDoor } from '../../client/nats.ts';
import type { Identity } from '../identity.ts';
import { Problem, unknownAccount } from '../problem.ts';
import type { AlertFeed, AlertReader } from './alert-feed.ts';
import type { EquityFeed } from './equity-feed.ts';
import { shownId } from './frames.ts';
import type { Outbox } from './outbox.ts';
import { accountsIn, invalid, tooManyAccounts, type Params } from './requests.ts';
import type { EquityReader, WatchedAccount } from './watched-account.ts';

/** An answer, and what follows it. */
export interface Answer {
  readonly result: object;
  readonly afterwards?: () => void;
}

export interface Feeds {
  readonly nats: NatsDoor;
  readonly equity: EquityFeed;
  readonly alerts: AlertFeed;
}

/** Alerts of no account carry this in its place. */
const system = '_';

export class Subscriptions implements EquityReader, AlertReader {
  private readonly feeds: Feeds;
  private readonly outbox: Outbox;
  private identity: Identity;
  private readonly accounts = new Map<string, WatchedAccount>();
  /** Accounts of a request that is not answered yet. */
  private readonly unanswered = new Set<string>();
  /** Those of them that changed meanwhile. */
  private readonly keptBack = new Set<WatchedAccount>();
  private isEnded = false;
  private isAnswering = false;
  /** Whether accounts that are opened later join by themselves. */
  private isFollowing = false;
  private alerts: 'all' | Set<string> = new Set();

  constructor(feeds: Feeds, outbox: Outbox, identity: Identity) {
    this.feeds = feeds;
    this.outbox = outbox;
    this.identity = identity;
  }

  /** Another token of the same client: what that one may not see ends. */
  allow(identity: Identity): void {
    this.identity = identity;
    const { accounts } = identity;
    if (accounts === 'all') return;
    this.follow(false);
    for (const id of [...this.accounts.keys()]) if (!accounts.has(id)) this.leave(id);
    const alerts = this.alerts === 'all' ? ownOf(accounts) : this.alerts;
    this.alerts = new Set([...alerts].filter((id) => accounts.has(id)));
  }

  async subscribeEquity(params: Params): Promise<Answer> {
    const named = this.allowed(params);
    const before = new Set(this.accounts.keys());
    const wasFollowing = this.isFollowing;
    this.isAnswering = true;
    try {
      const ids = named ?? (await this.own());
      // Nobody is told any more, and nobody would leave what was read now.
      if (this.isEnded) return { result: {} };
      this.read(ids);
      await withinTime(this.feeds.equity.known(ids));
      // Of those that only the token names, one that is not there yet may be opened.
      if (named?.some((id) => this.accounts.get(id)?.frame === null) === true) throw unknownAccount();
      return {
        result: { stream: 'equity', accounts: ids.map(shownId) },
        afterwards: () => {
          this.isAnswering = false;
          const told = new Set([...ids, ...this.unanswered]);
          this.unanswered.clear();
          this.keptBack.clear();
          for (const id of told) {
            const account = this.accounts.get(id);
            if (account !== undefined) this.outbox.update(account);
          }
        },
      };
    } catch (error) {
      this.isAnswering = false;
      this.unanswered.clear();
      for (const { id, frame } of [...this.accounts.values()]) {
        // Who follows keeps what was opened meanwhile: it is not offered again.
        if (!before.has(id) && !(wasFollowing && frame !== null)) this.leave(id);
      }
      this.follow(wasFollowing);
      for (const account of this.keptBack) this.outbox.update(account);
      this.keptBack.clear();
      throw error;
    }
  }

  unsubscribeEquity(params: Params): Answer {
    const ids = this.allowed(params) ?? [...this.accounts.keys()];
    const ended = ids.filter((id) => this.accounts.has(id));
    // Who wants fewer than all does not want new ones.
    this.follow(false);
    for (const id of ended) this.leave(id);
    return { result: { stream: 'equity', accounts: ended.map(shownId) } };
  }

  async subscribeAlerts(params: Params): Promise<Answer> {
    const named = this.allowed(params);
    await withinTime(this.feeds.alerts.known());
    const { accounts } = this.identity;
    const added = named ?? (accounts === 'all' ? null : [...ownOf(accounts)]);
    return {
      result: { stream: 'alerts', accounts: added?.map(shownId) ?? '*' },
      afterwards: () => {
        if (added === null) this.alerts = 'all';
        else if (this.alerts !== 'all') for (const id of added) this.alerts.add(id);
        this.feeds.alerts.leave(this);
        this.feeds.alerts.read(this);
      },
    };
  }

  unsubscribeAlerts(params: Params): Answer {
    const named = this.allowed(params);
    if (named !== null && this.alerts === 'all') {
      throw invalid('alerts of all accounts can only be unsubscribed as a whole');
    }
    const kept = new Set(named === null ? [] : this.alerts);
    for (const id of named ?? []) kept.delete(id);
    this.alerts = kept;
    if (kept.size === 0) this.feeds.alerts.leave(this);
    return { result: { stream: 'alerts', accounts: named?.map(shownId) ?? '*' } };
  }

  changed(account: WatchedAccount): void {
    if (this.unanswered.has(account.id)) this.keptBack.add(account);
    else this.outbox.update(account);
  }

  appeared(account: WatchedAccount): boolean {
    if (this.accounts.size >= limits.gatewayWsAccountsMax) {
      this.isFollowing = false;
      return false;
    }
    this.accounts.set(account.id, account);
    if (this.isAnswering) this.unanswered.add(account.id);
    return true;
  }

  alerted(account: string, frame: Buffer): void {
    if (this.alerts === 'all' || this.alerts.has(account)) this.outbox.send(frame);
  }

  end(): void {
    this.isEnded = true;
    this.follow(false);
    for (const id of [...this.accounts.keys()]) this.leave(id);
    this.feeds.alerts.leave(this);
  }

  /** What the request names; null where it names none. Whether there is such an account is told to nobody else. */
  private allowed(params: Params): readonly string[] | null {
    const ids = accountsIn(params);
    const { accounts } = this.identity;
    if (ids !== null && accounts !== 'all' && ids.some((id) => !accounts.has(id))) {
      throw new Problem(403, 'account_forbidden', 'this token is for other accounts');
    }
    return ids;
  }

  /** All accounts that the token may see: where that is every account, also such as will be opened. */
  private async own(): Promise<readonly string[]> {
    const { accounts } = this.identity;
    if (accounts !== 'all') return [...accounts];
    // Before they are listed: one that is opened meanwhile would be heard of by neither.
    this.follow(true);
    const listed = await withinTime(listAccounts(this.feeds.nats, 'id', limits.gatewayWsAccountsMax + 1));
    return listed.map(({ account_id: id }) => id);
  }

  private follow(isFollowing: boolean): void {
    this.isFollowing = isFollowing && !this.isEnded;
    if (this.isFollowing) this.feeds.equity.follow(this);
    else this.feeds.equity.unfollow(this);
  }

  private read(ids: readonly string[]): void {
    if (new Set([...this.accounts.keys(), ...ids]).size > limits.gatewayWsAccountsMax)
      throw tooManyAccounts();
    for (const id of ids) {
      this.unanswered.add(id);
      if (!this.accounts.has(id)) this.accounts.set(id, this.feeds.equity.read(id, this));
    }
  }

  private leave(id: string): void {
    const account = this.accounts.get(id);
    if (account === undefined) return;
    this.accounts.delete(id);
    this.unanswered.delete(id);
    this.keptBack.delete(account);
    this.outbox.forget(account);
    this.feeds.equity.leave(account, this);
  }
}

function ownOf(accounts: ReadonlySet<string>): Set<string> {
  return new Set([...accounts].filter((id) => id !== system));
}

async function withinTime<T>(action: Promise<T>): Promise<T> {
  const patience = new AbortController();
  const late = sleep(limits.gatewayWsStateMsMax, undefined, { signal: patience.signal, ref: false });
  try {
    return await Promise.race([
      action,
      late.then(() => {
        throw new Problem(503, 'engine_away', 'no engine answers');
      }),
    ]);
  } finally {
    patience.abort();
    late.catch(() => undefined);
  }
}
