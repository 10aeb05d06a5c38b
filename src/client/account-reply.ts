/**
 * What the service `tidemark` answers about accounts, as far as it is shown, and how it is asked for.
 * Money: minor units of `currency`.
 */
import { limits } from '../../config/limits.ts';
import type { AccountOrder } from '../ports.ts';
import { Failure } from '../failure.ts';
import { ServiceRefusal, type NatsDoor } from './nats.ts';

export interface AccountFigures {
  readonly account_id: string;
  readonly tick: number;
  readonly timestamp: number;
  readonly total_equity: number;
  readonly cash_balance: number;
  readonly position_value: number;
  readonly unrealized_pnl: number;
  readonly realized_pnl: number;
  readonly fees: number;
  readonly net_flow: number;
  readonly day_change: number;
  readonly day_change_percent: number | null;
  readonly nav: number | null;
  readonly peak_nav: number | null;
  readonly drawdown: number | null;
  readonly max_drawdown: number | null;
  readonly currency: string;
  readonly state: string;
  readonly sequence: number;
}

export interface PositionFigures {
  readonly symbol: string;
  readonly quantity: string;
  readonly average_cost: string | null;
  readonly cost_basis: number;
  readonly mark: string | null;
  readonly mark_ts: number | null;
  readonly market_value: number;
  readonly unrealized_pnl: number;
  readonly realized_pnl: number;
  readonly fees: number;
  readonly weight: number | null;
  readonly currency: string;
}

export interface InspectReply extends AccountFigures {
  readonly name?: string;
  readonly cash: Readonly<Record<string, number>>;
  readonly income: number;
  readonly fx_pnl: number;
  readonly available_cash: number;
  readonly borrowed: number;
  readonly epoch: number;
  readonly wiped_out: boolean;
  readonly rebase_pending: boolean;
  readonly max_drawdown_life: number | null;
  readonly drawdown_money: number;
  readonly units: number | null;
  readonly unpriced: readonly string[];
  readonly stale: readonly string[];
  /** When its session days end: IANA zone, and "17:00" there. */
  readonly timezone: string;
  readonly cutover: string;
  readonly state_hash: string;
  readonly positions: readonly PositionFigures[];
}

/** The reply of `tidemark.inspect`, as text; null where there is no such account. */
export async function inspectText(nats: NatsDoor, account: string): Promise<string | null> {
  try {
    return await nats.ask('inspect', { account_id: account });
  } catch (error) {
    if (error instanceof ServiceRefusal && error.reason === 'account_unknown') return null;
    throw error;
  }
}

export async function inspect(nats: NatsDoor, account: string): Promise<InspectReply | null> {
  const text = await inspectText(nats, account);
  return text === null ? null : (JSON.parse(text) as InspectReply);
}

/**
 * Those of the accounts that there are, without their positions: with them few might be more than a message holds, and the
 * engine takes ten times as long.
 */
export async function figuresOf(nats: NatsDoor, accounts: readonly string[]): Promise<AccountFigures[]> {
  const found: AccountFigures[] = [];
  for (let i = 0; i < accounts.length; i += limits.clientAccountsPageMax) {
    const some = accounts.slice(i, i + limits.clientAccountsPageMax);
    const text = await nats.ask('snapshot', { accounts: some, positions: false });
    found.push(...(JSON.parse(text) as { accounts: AccountFigures[] }).accounts);
  }
  return found;
}

export function unknownAccount(account: string): Failure {
  return new Failure(`account_unknown: there is no account ${account}`);
}

/** Up to `limit` accounts in order, those after `behind`, asked for page by page, since a reply has to fit a message. */
export async function listAccounts(
  nats: NatsDoor,
  order: AccountOrder,
  limit: number,
  behind?: string,
): Promise<AccountFigures[]> {
  const found: AccountFigures[] = [];
  for (let after = behind; found.length < limit;) {
    const wanted = Math.min(limit - found.length, limits.clientAccountsPageMax);
    const request = { order, limit: wanted, ...(after === undefined ? {} : { after }) };
    const page = (JSON.parse(await nats.ask('accounts', request)) as { accounts: AccountFigures[] }).accounts;
    found.push(...page);
    after = page.at(-1)?.account_id;
    if (page.length < wanted) break;
  }
  return found;
}

/** How many accounts the engine holds. */
export async function countAccounts(nats: NatsDoor): Promise<number> {
  return (JSON.parse(await nats.ask('stats', {})) as { accounts: number }).accounts;
}
