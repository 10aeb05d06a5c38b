/** A state of the past of which a rate is missing. Engine and database are made up. */
import assert from 'node:assert/strict';
import { gatewayOf } from '../support/made-up-doors.ts';

it('a position without a rate of then weighs null, not nothing, and leverage is not known', async () => {
  const account = {
    ts: '2026-01-31 17:00:00.000',
    total_equity: '1000',
    cash_balance: '0',
    position_value: '0',
  };
  const position = { quantity: '1', cost: '500', market_value: '500', unrealized: '0', price_ts: null };
  const rows = (_: object, source: string): Promise<object[]> =>
    Promise.resolve(
      source.startsWith('account_at')
        ? [{ ...account, day_change_percent: null }]
        : [
            { ...position, symbol: 'AAPL', currency: 'USD', market_value_base: '500', rate: 1 },
            { ...position, symbol: 'SAP', currency: 'EUR', market_value_base: '0', rate: null },
          ],
    );
  const server = await gatewayOf({ history: { rows, exponent: () => Promise.resolve(2) } });
  const url = '/api/v1/portfolio/7/state?include_positions=true&as_of_timestamp=2026-02-01';
  const answer = await server.inject({ url });
  await server.close();
  const { positions, portfolio_state } = answer.json<{
    positions: { weight: number | null }[];
    portfolio_state: { leverage_ratio: number | null };
  }>();
  assert.deepEqual(
    positions.map(({ weight }) => weight),
    [0.5, null],
  );
  assert.equal(portfolio_state.leverage_ratio, null);
});
