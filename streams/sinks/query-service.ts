/**
 * The NATS micro service `tidemark`: inspect, accounts, stats, snapshot, outcome, seen, answered by the owner of the partition alone.
 * Answers are bounded; what is asked wrongly is answered with a service error. A process that stands by answers
 * `tidemark.standby.stats`. Knows the engine only as what it may be asked.
 */
import { nuid, type Service, type ServiceMsg, type Subscription } from 'nats';
import { limits } from '../../config/limits.ts';
import type { AccountView } from '../../src/domain/account-view.ts';
import { isId } from '../../src/domain/identifier.ts';
import type { AccountOrder, EngineQueries, Log, QueryServer } from '../../src/ports.ts';
import { version } from '../../src/version.ts';
import { accountMessage, type AccountMessage } from '../codec/account-view.ts';
import { outcomeMessage } from '../codec/outcome-message.ts';
import { isObject, notJson, parseJson } from '../codec/json.ts';
import type { Link } from '../sources/connection.ts';
import { processStats } from './process-stats.ts';

export interface QueryServiceOptions {
  readonly link: Link;
  readonly log: Log;
  /** What this process is: engine. */
  readonly role: string;
  readonly partitions?: number;
  /** Emissions that nobody could be sent, since NATS was away. */
  readonly unsent?: () => number;
}

/** An answer, or what a service error says. */
type Answer = { readonly body: unknown } | { readonly error: number; readonly description: string };
type Request = Readonly<Record<string, unknown>>;

const orders: readonly AccountOrder[] = ['id', 'equity', 'day_change', 'drawdown'];
const notLive = { error: 503, description: 'the engine is not live yet' } as const;
const unknownAccount = { error: 404, description: 'account_unknown' } as const;

export class QueryService implements QueryServer {
  private readonly options: QueryServiceOptions;
  private service: Service | null = null;
  private standing: Subscription | null = null;
  /** Another one for each owner; '' before there is one. */
  private owner = '';

  constructor(options: QueryServiceOptions) {
    this.options = options;
  }

  async standBy(queries: EngineQueries): Promise<void> {
    const { nats } = this.options.link;
    // Without a queue group: whoever asks hears all that stand by.
    this.standing = nats.subscribe('tidemark.standby.stats', {
      callback: (error, message) => {
        if (error === null) message.respond(JSON.stringify(this.stats(queries)));
      },
    });
    await nats.flush();
  }

  async serve(queries: EngineQueries): Promise<void> {
    const { link } = this.options;
    this.standing?.unsubscribe();
    const description = 'Equity of every account, at every tick';
    // A queue group of its own: a former owner that hangs keeps its subscriptions, and would get a share of the requests.
    const queue = `owner-${nuid.next()}`;
    this.owner = queue;
    const service = await link.nats.services.add({ name: 'tidemark', version, description, queue });
    this.service = service;
    const ofAccounts = (name: string, answer: (request: Request) => Answer): void => {
      endpoint(name, (request) => (queries.isLive() ? answer(request) : notLive));
    };
    const endpoint = (name: string, answer: (request: Request) => Answer): void => {
      service.addEndpoint(name, {
        subject: `tidemark.${name}`,
        handler: (error, message) => {
          // A former owner that hung and goes on says nothing: the newer one has answered.
          if (error === null && queries.isOwner()) this.respond(message, answer);
        },
      });
    };
    ofAccounts('inspect', (request) => inspect(queries, request));
    ofAccounts('accounts', (request) => accounts(queries, request));
    ofAccounts('snapshot', (request) => snapshot(queries, request));
    ofAccounts('outcome', (request) => outcome(queries, request));
    ofAccounts('seen', (request) => seen(queries, request));
    endpoint('stats', () => ({ body: this.stats(queries) }));
  }

  async close(): Promise<void> {
    this.standing?.unsubscribe();
    await this.service?.stop();
  }

  private respond(message: ServiceMsg, answer: (request: Request) => Answer): void {
    try {
      const request = message.data.length === 0 ? {} : parseJson(message.data);
      const isWrong = request === notJson || !isObject(request);
      const given: Answer = isWrong ? { error: 400, description: 'not a JSON object' } : answer(request);
      if ('error' in given) message.respondError(given.error, given.description);
      else message.respond(JSON.stringify(given.body));
    } catch (error) {
      this.options.log.error(
        { subject: message.subject, error: String(error) },
        'a request could not be answered',
      );
      message.respondError(500, 'internal error');
    }
  }

  private stats(queries: EngineQueries): object {
    const { role, partitions = 1, unsent = () => 0 } = this.options;
    return {
      ...processStats(role),
      partitions,
      owner: this.owner,
      emissions_unsent: unsent(),
      ...queries.stats(),
    };
  }
}

function inspect(queries: EngineQueries, request: Request): Answer {
  const account = accountId(request['account_id']);
  if (account === null) return { error: 400, description: 'account_id must be the id of an account' };
  const view = queries.inspect(account);
  return view === null ? unknownAccount : { body: accountMessage(view) };
}

/** `{"accounts": [...], "after": id of the last one, or null where there are no more}`. */
function accounts(queries: EngineQueries, request: Request): Answer {
  const { after, limit = limits.queryPageAccountsDefault, order = 'id' } = request;
  if (after !== undefined && after !== null && accountId(after) === null) {
    return { error: 400, description: 'after must be the id of an account' };
  }
  if (
    typeof limit !== 'number' ||
    !Number.isInteger(limit) ||
    limit < 1 ||
    limit > limits.queryPageAccountsMax
  ) {
    return { error: 400, description: `limit must be an integer from 1 to ${limits.queryPageAccountsMax}` };
  }
  const known = orders.find((each) => each === order);
  if (known === undefined) return { error: 400, description: `order must be one of ${orders.join(', ')}` };
  const page = queries.accounts(accountId(after), limit, known).map(summary);
  return { body: { accounts: page, after: page.length < limit ? null : (page.at(-1)?.account_id ?? null) } };
}

/** Several accounts at once, whole or without their positions; those nobody knows are left out. */
function snapshot(queries: EngineQueries, request: Request): Answer {
  const { accounts: ids, positions = true } = request;
  if (!Array.isArray(ids) || ids.length > limits.snapshotAccountsMax) {
    const description = `accounts must be an array of at most ${limits.snapshotAccountsMax} ids`;
    return { error: 400, description };
  }
  const known = ids.map(accountId);
  if (known.includes(null)) return { error: 400, description: 'accounts must be ids of accounts' };
  if (typeof positions !== 'boolean') return { error: 400, description: 'positions must be true or false' };
  const views = known.map((id) => queries.inspect(id ?? '')).filter((view) => view !== null);
  return { body: { accounts: views.map(positions ? accountMessage : summary) } };
}

/** What became of an event, by the sequence that LEDGER gave its message. */
function outcome(queries: EngineQueries, { account_id, sequence, index = 0 }: Request): Answer {
  const account = accountId(account_id);
  if (account === null) return { error: 400, description: 'account_id must be the id of an account' };
  const isPlace = (x: unknown): x is number => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0;
  if (!isPlace(sequence) || !isPlace(index)) {
    return { error: 400, description: 'sequence and index must be those of a message of LEDGER' };
  }
  return { body: outcomeMessage(queries.outcome(account, sequence, index)) };
}

/** Whether the account remembers an event of that id: `{"seen": true}`. */
function seen(queries: EngineQueries, { account_id, area, id }: Request): Answer {
  const account = accountId(account_id);
  if (account === null) return { error: 400, description: 'account_id must be the id of an account' };
  if (area !== 'settlements' && area !== 'cash') {
    return { error: 400, description: 'area must be settlements or cash' };
  }
  const event = accountId(id);
  if (event === null) return { error: 400, description: 'id must be the id of an event' };
  return { body: { seen: queries.hasSeen(account, area, event) } };
}

/** What a list shows: without the positions. */
function summary(view: AccountView): AccountMessage {
  const { positions: _, ...rest } = accountMessage(view);
  return rest;
}

function accountId(x: unknown): string | null {
  if (typeof x === 'number' && Number.isSafeInteger(x)) return String(x);
  return typeof x === 'string' && isId(x) ? x : null;
}
