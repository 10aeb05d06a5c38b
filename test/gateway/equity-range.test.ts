/** Which time a range is. Engine and database are made up. */
import assert from 'node:assert/strict';
import { gatewayOf } from '../support/made-up-doors.ts';

it("a range ends at the account's last tick, whose time may be that of data of long ago", async () => {
  const timestamp = Date.parse('2003-05-06T21:00:00Z');
  const figures = { account_id: '7', tick: timestamp, timestamp, currency: 'USD', total_equity: 100 };
  const asked: string[] = [];
  const rows = (_: object, source: string): Promise<object[]> => {
    asked.push(source);
    return Promise.resolve([]);
  };
  const ask = (): Promise<string> => Promise.resolve(JSON.stringify(figures));
  const server = await gatewayOf({ nats: { ask }, history: { rows } });
  await server.inject({ url: '/api/account/equity-history?account_id=7&range=1h' });
  await server.close();
  assert.match(asked[0] ?? '', /from = '2003-05-06 20:00:00\.000', to = '2003-05-06 21:00:00\.000'/);
});
