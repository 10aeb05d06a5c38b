/** Pages of live totals under the paths of balance tracking, in currency units: a summary, and the account with its positions. */
import Type from 'typebox';
import { exponentOf } from '../../domain/currency.ts';
import { currencyUnits } from '../columns.ts';
import { exponentFor, requireAccount } from '../live.ts';
import { accountPath, numberOrNull } from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';
import { isOpen, portfolioPosition, positionOf } from '../portfolio.ts';
import { problemResponses } from '../problem.ts';

const tags = ['analytics'];

export function totals(app: Server, { config, nats }: Parts): void {
  app.get(
    '/api/v1/analytics/portfolio/:id/summary',
    {
      config: { concerns: 'path' },
      schema: {
        tags,
        summary: 'Equity, day change, all-time return (time-weighted, of the epoch) and cumulative P&L.',
        params: accountPath,
        response: {
          200: Type.Object({
            portfolio_id: Type.String(),
            portfolio_name: Type.String(),
            currency: Type.String(),
            equity_balance: Type.Number(),
            day_change: Type.Number(),
            day_change_percent: numberOrNull,
            all_time_percent: numberOrNull,
            cumulative_pnl: Type.Number(),
            sequence: Type.Integer(),
            last_updated: Type.String({ format: 'date-time' }),
          }),
          ...problemResponses,
        },
      },
    },
    async ({ params: { id } }) => {
      const account = await requireAccount(nats, id);
      const units = (minor: number): number => currencyUnits(minor, exponentFor(config, account));
      return {
        portfolio_id: id,
        portfolio_name: account.name ?? '',
        currency: account.currency,
        equity_balance: units(account.total_equity),
        day_change: units(account.day_change),
        day_change_percent: account.day_change_percent,
        all_time_percent: account.nav === null ? null : 100 * (account.nav - 1),
        cumulative_pnl: units(account.total_equity - account.net_flow),
        sequence: account.sequence,
        last_updated: new Date(account.timestamp).toISOString(),
      };
    },
  );

  app.get(
    '/api/v1/data/portfolio/:id/complete',
    {
      config: { concerns: 'path' },
      schema: {
        tags,
        summary: 'An account whole: name, equity, cash, open positions with their weights.',
        params: accountPath,
        response: {
          200: Type.Object({
            portfolio_id: Type.String(),
            name: Type.String(),
            currency: Type.String(),
            equity_balance: Type.Number(),
            cash_balance: Type.Number(),
            cash: Type.Record(Type.String(), Type.Number()),
            positions: Type.Array(portfolioPosition),
            sequence: Type.Integer(),
            last_updated: Type.String({ format: 'date-time' }),
          }),
          ...problemResponses,
        },
      },
    },
    async ({ params: { id } }) => {
      const account = await requireAccount(nats, id);
      const exponent = (currency: string): number => exponentOf(currency, config.currencies);
      const base = exponentFor(config, account);
      return {
        portfolio_id: id,
        name: account.name ?? '',
        currency: account.currency,
        equity_balance: currencyUnits(account.total_equity, base),
        cash_balance: currencyUnits(account.cash_balance, base),
        cash: Object.fromEntries(
          Object.entries(account.cash).map(([code, minor]) => [code, currencyUnits(minor, exponent(code))]),
        ),
        positions: account.positions.filter(isOpen).map((p) => positionOf(account, p, exponent)),
        sequence: account.sequence,
        last_updated: new Date(account.timestamp).toISOString(),
      };
    },
  );
}
