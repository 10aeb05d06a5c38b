/** `GET /api/v1/portfolio/{id}/state`: the portfolio state service's view of an account, live or at a moment of its past. */
import Type from 'typebox';
import { allTime, rangeValues, sqlTime, viewOf } from '../../client/view-of.ts';
import { exponentOf } from '../../domain/currency.ts';
import { currencyUnits, isoOf, rowOf, textOf, type Columns, type RawRow } from '../columns.ts';
import { exponentFor, requireAccount, requireKnown } from '../live.ts';
import { accountPath, timeOf, timeParameter } from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';
import {
  performanceMetrics,
  portfolioPosition,
  portfolioState,
  positionOf,
  stateOf,
  type PortfolioPosition,
} from '../portfolio.ts';
import { Problem, problemResponses } from '../problem.ts';
import { notBuilt } from './not-built.ts';

const flag = Type.Optional(Type.Boolean());

const answer = Type.Object({
  portfolio_state: portfolioState,
  positions: Type.Optional(Type.Array(portfolioPosition)),
  performance_metrics: Type.Optional(performanceMetrics),
  last_updated: Type.String({ format: 'date-time' }),
});

const accountColumns: Columns = {
  ts: 'time',
  total_equity: 'money',
  cash_balance: 'money',
  position_value: 'money',
  day_change_percent: 'ratio',
};
const positionColumns: Columns = {
  symbol: 'text',
  quantity: 'decimal',
  cost: 'money',
  market_value: 'money',
  unrealized: 'money',
  currency: 'text',
  market_value_base: 'money',
  rate: 'ratio',
  price_ts: 'time',
};
const metricColumns: Columns = {
  total_return: 'ratio',
  volatility: 'ratio',
  sharpe_ratio: 'ratio',
  max_drawdown: 'ratio',
  beta: 'ratio',
  alpha: 'ratio',
};

export function portfolioStates(app: Server, parts: Parts): void {
  const { config, nats } = parts;
  app.get(
    '/api/v1/portfolio/:id/state',
    {
      config: { concerns: 'path' },
      schema: {
        tags: ['portfolio'],
        summary: 'Totals of an account, with its positions and performance where asked for. Currency units.',
        params: accountPath,
        querystring: Type.Object({
          include_positions: flag,
          include_exposures: flag,
          include_performance: flag,
          as_of_timestamp: timeParameter('As it was then; without it live'),
          performance_from: timeParameter('Performance from then on; without it from the beginning'),
        }),
        response: { 200: answer, ...problemResponses },
      },
    },
    async ({ params: { id }, query }) => {
      if (query.include_exposures === true) throw notBuilt('exposures');
      const at = query.as_of_timestamp;
      const until = at === undefined ? allTime.to : timeOf('as_of_timestamp', at);
      const since = query.performance_from;
      const from = since === undefined ? allTime.from : timeOf('performance_from', since);
      const figures =
        at === undefined ? await liveState(id) : await pastState(parts, id, until, query.include_positions);
      const metrics =
        query.include_performance === true ? await metricsOf(parts, id, from, until, figures.daily) : null;
      return {
        portfolio_state: figures.state,
        ...(query.include_positions === true ? { positions: figures.positions } : {}),
        ...(metrics === null ? {} : { performance_metrics: metrics }),
        last_updated: figures.updated,
      };
    },
  );

  async function liveState(id: string) {
    const account = await requireAccount(nats, id);
    const exponent = (currency: string): number => exponentOf(currency, config.currencies);
    return {
      state: stateOf(account, exponentFor(config, account)),
      positions: account.positions.map((p) => positionOf(account, p, exponent)),
      daily: account.day_change_percent,
      updated: new Date(account.timestamp).toISOString(),
    };
  }
}

/** What is known of a moment of the past: not what was available, nor whether the account was suspended. */
async function pastState(
  { config, history, nats }: Parts,
  id: string,
  at: number,
  withPositions: boolean | undefined,
) {
  const values = { account_id: id, at: sqlTime(at) };
  const [account] = await history.rows(accountColumns, viewOf('account_at', {}, values));
  if (account === undefined) {
    await requireKnown(history, nats, id);
    throw new Problem(404, 'not_open_yet', 'the account was not open then');
  }
  const exponent = await history.exponent(id);
  const raw = await history.rows(positionColumns, `${viewOf('positions', {}, values)} ORDER BY symbol`);
  const open = raw.filter(({ quantity }) => Number(quantity) !== 0);
  const equity = Number(account['total_equity']);
  // Without a rate of then, what it weighed is not known, nor what all of them came to: the view says 0 of it, in base.
  const grossOf = ({ rate = null, market_value_base: value }: RawRow): number | null =>
    rate === null ? null : Math.abs(Number(value));
  const gross = open
    .map(grossOf)
    .reduce((sum, each) => (sum === null || each === null ? null : sum + each), 0);
  const updated = isoOf(textOf(account['ts']));
  const money = (name: string): number => currencyUnits(Number(account[name]), exponent);
  return {
    state: {
      portfolio_id: id,
      total_value: money('total_equity'),
      cash_balance: money('cash_balance'),
      invested_value: money('position_value'),
      available_cash: null,
      margin_used: null,
      margin_available: null,
      leverage_ratio: shareOf(gross),
      position_count: open.length,
    },
    positions: withPositions === true ? raw.map((row) => positionAt(row)) : [],
    daily: account['day_change_percent'] === null ? null : Number(account['day_change_percent']),
    updated,
  };

  function shareOf(value: number | null): number | null {
    return equity > 0 && value !== null ? value / equity : null;
  }

  function positionAt(row: (typeof raw)[number]): PortfolioPosition {
    const code = exponentOf(textOf(row['currency']), config.currencies);
    const units = (name: string): number => currencyUnits(Number(row[name]), code);
    const isFlat = Number(row['quantity']) === 0;
    const priced = row['price_ts'] ?? null;
    return {
      position_id: textOf(row['symbol']),
      instrument_id: textOf(row['symbol']),
      quantity: Number(row['quantity']),
      market_value: units('market_value'),
      cost_basis: units('cost'),
      unrealized_pnl: units('unrealized'),
      weight: shareOf(grossOf(row)),
      status: isFlat ? 'CLOSED' : priced === null ? 'PENDING' : 'ACTIVE',
      last_updated: priced === null ? updated : isoOf(textOf(priced)),
    };
  }
}

/** Alpha and beta are to the benchmark that the account was opened with. */
async function metricsOf({ history }: Parts, id: string, from: number, to: number, daily: number | null) {
  const own = await history.ask<{ benchmark: string }>(
    `SELECT benchmark FROM accounts WHERE account_id = '${id}'`,
  );
  const benchmark = own[0]?.benchmark ?? '';
  const values = { ...rangeValues(id, { from, to }), benchmark, risk_free: 0 };
  const [raw] = await history.rows(metricColumns, viewOf('performance', {}, values));
  const row = rowOf(metricColumns, raw ?? {});
  const figure = (name: string): number | null => (row[name] ?? null) as number | null;
  return {
    total_return: figure('total_return'),
    daily_return: daily === null ? null : daily / 100,
    volatility: figure('volatility'),
    sharpe_ratio: figure('sharpe_ratio'),
    max_drawdown: figure('max_drawdown'),
    beta: figure('beta'),
    alpha: figure('alpha'),
  };
}
