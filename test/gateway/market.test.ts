/** What the gateway says of symbols and currencies: from the view, and from the configuration. */
import assert from 'node:assert/strict';
import { gatewayOf } from '../support/made-up-doors.ts';

describe('the market by the gateway', () => {
  it('has the marks of a symbol, whatever its name, as JSON and as CSV', async () => {
    const asked: string[] = [];
    const rows = (_: unknown, source: string): Promise<object[]> => {
      asked.push(source);
      return Promise.resolve([{ ts: '2026-01-02 21:00:00.000', price: '187.23' }]);
    };
    const server = await gatewayOf({ history: { rows } });
    const url = `/api/v1/prices/${encodeURIComponent("A/B'C")}?from=2026-01-01&to=2026-02-01&points=5`;
    assert.deepEqual((await server.inject({ url })).json(), {
      symbol: "A/B'C",
      prices: [{ ts: '2026-01-02T21:00:00.000Z', price: '187.23' }],
    });
    assert.deepEqual(asked, [
      String.raw`price_history(symbol = 'A/B\'C', from = '2026-01-01 00:00:00.000', to = '2026-02-01 00:00:00.000', points = 5) ORDER BY ts`,
    ]);
    const { body } = await server.inject({ url, headers: { accept: 'text/csv' } });
    assert.equal(body, 'ts,price\r\n2026-01-02T21:00:00.000Z,187.23\r\n');
    await server.close();
  });

  it('refuses what is no symbol', async () => {
    const server = await gatewayOf({});
    for (const name of ['%20', 'a*', 'x'.repeat(65)]) {
      assert.equal((await server.inject({ url: `/api/v1/prices/${name}` })).statusCode, 400, name);
    }
    await server.close();
  });

  it('has the decimals of currencies, those of the configuration among them', async () => {
    const server = await gatewayOf({ env: { TIDEMARK_CURRENCIES: '{"XYZ": 4}' } });
    const { exponents } = (await server.inject({ url: '/api/v1/currencies' })).json<{
      exponents: Record<string, number>;
    }>();
    assert.deepEqual(
      ['XYZ', 'JPY', 'BTC', 'USD'].map((code) => exponents[code]),
      [4, 0, 8, undefined],
    );
    await server.close();
  });
});
