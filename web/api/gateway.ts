/** Requests to the gateway: JSON in and out, with the token as a header, bounded in time. */
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { Problem, problemOf } from './problem.ts';
import type { Alert, CashFlow, Detail, Episode, Flow, Health, HistoryPoint, Listed, Mark } from './shapes.ts';
import { forgetToken, token } from './token.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

/** Throws Problem, or what `fetch` throws where nobody answers. */
async function ask<T>(path: string, query: Query = {}, init: RequestInit = {}): Promise<T> {
  const given = Object.entries(query).filter(
    (each): each is [string, string | number] => each[1] !== undefined,
  );
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  const answer = await fetch(search === '' ? path : `${path}?${search}`, {
    ...init,
    headers: {
      accept: 'application/json',
      ...(token.value === null ? {} : { authorization: `Bearer ${token.value}` }),
      ...(init.headers as Record<string, string> | undefined),
    },
    signal: AbortSignal.timeout(dashboardLimits.requestMsMax),
  });
  if (answer.ok) return (await answer.json()) as T;
  const problem = await problemOf(answer);
  if (problem.status === 401) forgetToken(problem.reason);
  throw problem;
}

const account = (id: string): string => `/api/v1/accounts/${encodeURIComponent(id)}`;
const analytics = (id: string): string => `/api/v1/analytics/portfolio/${encodeURIComponent(id)}`;
const isoOf = (ms: number): string | undefined =>
  Number.isFinite(ms) ? new Date(ms).toISOString() : undefined;

export interface TimeRange {
  /** Milliseconds since the epoch; -Infinity and Infinity: from the beginning, until now. */
  readonly from: number;
  readonly to: number;
}

export const gateway = {
  async accounts(order: string, limit: number): Promise<readonly Listed[]> {
    return (await ask<{ accounts: Listed[] }>('/api/v1/accounts', { order, limit })).accounts;
  },

  detail(id: string): Promise<Detail> {
    return ask<Detail>(account(id));
  },

  async history(id: string, { from, to }: TimeRange, points: number): Promise<readonly HistoryPoint[]> {
    const query = { from: isoOf(from), to: isoOf(to), points };
    return (await ask<{ points: HistoryPoint[] }>(`${account(id)}/history`, query)).points;
  },

  /** In the order of their time. */
  async flows(id: string): Promise<readonly Flow[]> {
    const all: Flow[] = [];
    let after: string | undefined;
    for (let page = 0; page < dashboardLimits.flowPagesMax; page++) {
      const query = { limit: dashboardLimits.flowPageRows, after };
      const { flows, next } = await ask<{ flows: Flow[]; next: string | null }>(
        `${account(id)}/flows`,
        query,
      );
      all.push(...flows);
      if (next === null) break;
      after = next;
    }
    return all;
  },

  /** Deepest first. */
  async episodes(id: string, limit: number): Promise<readonly Episode[]> {
    return (await ask<{ drawdowns: Episode[] }>(`${analytics(id)}/drawdowns`, { min_depth: 0.0001, limit }))
      .drawdowns;
  },

  async marks(symbol: string, { from, to }: TimeRange, points: number): Promise<readonly Mark[]> {
    const query = { from: isoOf(from), to: isoOf(to), points };
    return (await ask<{ prices: Mark[] }>(`/api/v1/prices/${encodeURIComponent(symbol)}`, query)).prices;
  },

  async alerts(limit: number): Promise<readonly Alert[]> {
    return (await ask<{ alerts: Alert[] }>('/api/v1/alerts', { limit })).alerts;
  },

  async currencyExponents(): Promise<Readonly<Record<string, number>>> {
    return (await ask<{ exponents: Record<string, number> }>('/api/v1/currencies')).exponents;
  },

  /** Also of a system of which parts are away. */
  async health(): Promise<Health> {
    const answer = await fetch('/api/v1/health', {
      signal: AbortSignal.timeout(dashboardLimits.requestMsMax),
    });
    if (answer.status !== 200 && answer.status !== 503) throw await problemOf(answer);
    const health = (await answer.json()) as Health | { reason: string };
    if ('parts' in health) return health;
    throw new Problem(answer.status, health.reason, 'no health');
  },

  bookFlow(
    id: string,
    flow: CashFlow,
    key: string,
  ): Promise<{ readonly sequence: number; readonly message: string }> {
    return ask(
      `${analytics(id)}/equity-transaction`,
      {},
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(flow),
      },
    );
  },
};
