/** The list of a token that names many accounts. The engine is made up. */
import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
import { limits } from '../../config/limits.ts';
import { gatewayOf } from '../support/made-up-doors.ts';

const secret = 'a secret of at least thirty-two bytes';

it('the accounts of a token are asked for in bounded numbers, without positions, and ordered as the engine does', async () => {
  const ids = ['b', 'B', ...Array.from({ length: 2 * limits.clientAccountsPageMax }, (_, i) => `${i}`)];
  const asked: { accounts: string[]; positions: boolean }[] = [];
  const nats = {
    ask: (_: string, request: (typeof asked)[number]) => {
      asked.push(request);
      const accounts = request.accounts.map((account_id) => ({ account_id }));
      return Promise.resolve(JSON.stringify({ accounts }));
    },
  };
  const server = await gatewayOf({
    nats,
    env: { TIDEMARK_AUTH_MODE: 'jwt', TIDEMARK_AUTH_SECRET: secret },
  });
  const token = await new SignJWT({ accounts: ids })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience('tidemark')
    .setExpirationTime('1 minute')
    .sign(new TextEncoder().encode(secret));
  const headers = { authorization: `Bearer ${token}` };
  const answer = await server.inject({ url: '/api/v1/accounts?limit=1000', headers });
  await server.close();
  const shown = answer.json<{ accounts: { account_id: string }[] }>().accounts;
  assert.deepEqual(
    shown.map(({ account_id }) => account_id),
    [...ids.slice(2), 'B', 'b'],
  );
  assert.deepEqual(
    asked.map(({ accounts, positions }) => [accounts.length, positions]),
    [
      [limits.clientAccountsPageMax, false],
      [limits.clientAccountsPageMax, false],
      [2, false],
    ],
  );
});
