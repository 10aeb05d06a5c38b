/** The gateway's orders, by operators: applied when they are answered, counted once; and that no token sees another's account. */
import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
import { assertFits, filled, GatewayClient, type Answer, type Operation } from '../support/gateway-client.ts';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';
import { until } from '../support/until.ts';

const secret = 'a secret of at least thirty-two bytes';
const tokenFor = (accounts: string[], role: 'reader' | 'operator'): Promise<string> =>
  new SignJWT({ accounts, role })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience('tidemark')
    .setExpirationTime('10 minutes')
    .sign(new TextEncoder().encode(secret));

const flows = '/api/v1/analytics/portfolio/7/equity-transaction';
const positions = '/api/v1/portfolio/7/positions/update';
/** In every time zone a day that has ended. */
const lastWeek = new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10);

describe('orders to the gateway', function () {
  this.timeout(90_000);
  let tidemark: RunningTidemark;
  let operator: GatewayClient;
  let reader: GatewayClient;
  let operations: Operation[];
  /** Session day of now by the default calendar of accounts. */
  let today: string;

  const deposit = (amount: unknown, more: object = {}, key?: string): Promise<Answer> =>
    operator.post(
      flows,
      { transaction_date: today, transaction_type: 'deposit', amount, ...more },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  const inspected = async (): Promise<Json> => tidemark.json('inspect', '7');

  before(async () => {
    tidemark = await runningTidemark({ TIDEMARK_AUTH_MODE: 'jwt', TIDEMARK_AUTH_SECRET: secret });
    const url = `http://127.0.0.1:${tidemark.installation.httpPort}`;
    operator = new GatewayClient(url, await tokenFor(['7'], 'operator'));
    reader = operator.as(await tokenFor(['7'], 'reader'));
    operations = await operator.operations();
    today = sessionDate();
    await tidemark.nats.publish('accounts.7', { type: 'open', name: 'Ann Victim' });
    await tidemark.nats.publish('cash.8', { id: 'eight', type: 'deposit', amount: 100 });
  });
  after(() => tidemark.stop());

  it('book deposits and withdrawals, and answer with the equity that has them', async () => {
    const first = await deposit(1_000_000);
    assert.equal(first.status, 200, first.text);
    assert.equal(first.json['new_equity_balance'], 1_000_000);
    const { sequence, id } = first.json;
    assert.deepEqual([(await inspected())['sequence'], typeof id], [sequence, 'string']);
    const second = await deposit('50000.25', { notes: 'a wire' });
    assert.equal(second.json['new_equity_balance'], 1_050_000.25);
    const out = await deposit(20_000.25, { transaction_type: 'withdrawal' });
    assert.equal(out.json['new_equity_balance'], 1_030_000);
    assertFits(operationAt('equity-transaction').schemaOf(200), out.json, 'the answer');
  });

  it('date a flow back by its day, and refuse a day that has not begun', async () => {
    const back = await deposit(100, { transaction_date: lastWeek });
    assert.equal(back.json['new_equity_balance'], 1_030_100);
    // Its rebase is an event of the ledger, too: what is asked below is not in between.
    await until(async () => (await inspected())['rebase_pending'] === false, {
      what: 'the rebase',
      timeoutMs: 30_000,
    });
    const future = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    const { status, json } = await deposit(100, { transaction_date: future });
    assert.deepEqual([status, json['reason']], [422, 'date_in_future']);
  });

  it('count once under one key, however often and at once they are sent', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => deposit(7, {}, 'a key: with what no id has')));
    for (const { status, json, text } of answers) {
      assert.equal(status, 200, text);
      assert.equal(json['new_equity_balance'], 1_030_107);
    }
    const again = await deposit(7, {}, 'a key: with what no id has');
    assert.equal(again.json['new_equity_balance'], 1_030_107);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    const other = await deposit(8, {}, 'a key: with what no id has');
    assert.deepEqual([other.status, other.json['reason']], [409, 'id_conflict']);
  });

  it('settle a fill by its sign, and say what it changed', async () => {
    const order = { position_id: 'HIDDEN', quantity_change: 10, price: 100.5, transaction_type: 'BUY' };
    const bought = await operator.post(positions, { ...order, timestamp: '2026-01-02T03:04:05Z' });
    assert.equal(bought.status, 200, bought.text);
    assertFits(operationAt('positions/update').schemaOf(200), bought.json, 'the answer');
    const { updated_position, portfolio_impact, exposure_changes, sequence } = bought.json;
    const { quantity, cost_basis, status } = updated_position as Json;
    assert.deepEqual([quantity, cost_basis], [10, 1005]);
    // Its own price is the first one there is, and counts at the next tick: the answer may come before it.
    assert.ok(status === 'PENDING' || status === 'ACTIVE', String(status));
    const { value_change, cash_impact, weight_change } = portfolio_impact as Json;
    // Valued at its cost: nothing is gained or lost by it, whatever the first price makes of it afterwards.
    assert.deepEqual([value_change, cash_impact, exposure_changes], [0, -1005, null]);
    assert.ok(Math.abs(Number(weight_change) - 1005 / 1_030_107) < 1e-12);
    assert.equal((await inspected())['sequence'], sequence);

    const sold = await operator.post(positions, {
      position_id: 'HIDDEN',
      quantity_change: '-10',
      price: 101,
    });
    assert.equal((sold.json['updated_position'] as Json)['status'], 'CLOSED');
    const figures = await inspected();
    assert.deepEqual([figures['realized_pnl'], figures['cash_balance']], [500, 103_011_200]);
  });

  it('that were booked are answered again as they were, though the account is suspended since', async () => {
    const order = { position_id: 'HIDDEN', quantity_change: 1, price: 5 };
    const settle = (more: object, key: string): Promise<Answer> =>
      operator.post(positions, { ...order, timestamp: 1, ...more }, { 'idempotency-key': key });
    assert.equal((await settle({}, 'before')).status, 200);
    assert.equal((await deposit(1, {}, 'before')).status, 200);
    await tidemark.json('account', 'suspend', '7', '--wait');
    const before = await inspected();
    for (const again of [await settle({}, 'before'), await deposit(1, {}, 'before')]) {
      assert.equal(again.status, 200, again.text);
      assert.equal(again.headers.get('idempotent-replayed'), 'true');
    }
    const other = await deposit(2, {}, 'before');
    assert.deepEqual([other.status, other.json['reason']], [409, 'id_conflict']);
    for (const fresh of [await settle({}, 'after'), await deposit(1, {}, 'after'), await deposit(1)]) {
      assert.deepEqual([fresh.status, fresh.json['reason']], [409, 'account_suspended']);
    }
    const after = await inspected();
    for (const name of ['cash', 'net_flow', 'positions']) assert.deepEqual(after[name], before[name], name);
    await tidemark.json('account', 'resume', '7', '--wait');
  });

  it('are refused with the name of what is wrong, and change nothing', async () => {
    const before = await inspected();
    const fill = { position_id: 'HIDDEN', quantity_change: 1, price: 1 };
    const cases: [path: string, body: object, status: number, reason: string][] = [
      [
        flows,
        { transaction_date: today, transaction_type: 'deposit', amount: 0.001 },
        422,
        'request_unprocessable',
      ],
      [
        flows,
        { transaction_date: today, transaction_type: 'deposit', amount: -5 },
        422,
        'quantity_not_positive',
      ],
      [flows, { transaction_date: today, transaction_type: 'gift', amount: 5 }, 400, 'request_invalid'],
      [flows, { transaction_date: '2026-02-30', transaction_type: 'deposit', amount: 5 }, 422, 'malformed'],
      [flows, { transaction_date: today, transaction_type: 'deposit', amount: true }, 400, 'request_invalid'],
      [positions, { ...fill, quantity_change: 0 }, 422, 'quantity_not_positive'],
      [positions, { ...fill, price: '0.00000000001' }, 422, 'precision_exceeds_scale'],
      [positions, { ...fill, position_id: 'A B' }, 422, 'malformed'],
      [positions, { ...fill, transaction_type: 'SELL' }, 422, 'malformed'],
      [positions, { ...fill, transaction_type: 'transfer_out' }, 422, 'malformed'],
      [positions, { ...fill, transaction_type: 'DIVIDEND' }, 422, 'unknown_kind'],
      [positions, { price: 1 }, 400, 'request_invalid'],
    ];
    for (const [path, body, status, reason] of cases) {
      const { json, ...answer } = await operator.post(path, body);
      assert.deepEqual([answer.status, json['reason']], [status, reason], JSON.stringify(body));
    }
    const asText = await operator.send('POST', flows, '{}', { 'content-type': 'text/plain' });
    assert.equal(asText.status, 415);
    const long = await operator.post(flows, { notes: 'x'.repeat(100_000) });
    assert.equal(long.status, 413);
    const after = await inspected();
    for (const name of ['cash', 'net_flow', 'realized_pnl'])
      assert.deepEqual(after[name], before[name], name);
  });

  it('are for operators', async () => {
    const { status, json } = await reader.post(flows, {});
    assert.deepEqual([status, json['reason']], [403, 'operator_needed']);
  });

  it('and nothing of an account is for the token of another, by any route of the document', async () => {
    const other = operator.as(await tokenFor(['8'], 'operator'));
    const nobody = operator.as(null);
    const open: string[] = [];
    for (const operation of operations) {
      const { method, path, needsToken, parameters } = operation;
      const url = filled(operation, '7');
      const body = method === 'GET' ? undefined : '{}';
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const without = await nobody.send(method, url, body, headers);
      if (needsToken) assert.equal(without.status, 401, `${method} ${path} without a token`);
      else open.push(path);
      const answer = await other.send(method, url, body, headers);
      const namesAccount = parameters.some(({ name }) => name === 'id' || name === 'account_id');
      if (namesAccount) assert.equal(answer.status, 403, `${method} ${path}`);
      for (const { text } of [answer, without]) {
        assert.doesNotMatch(text, /Ann Victim|HIDDEN|"7"|:7[,}]/, `${method} ${path}`);
      }
    }
    assert.deepEqual(open, ['/api/v1/health', '/api/v1/ready']);
  });

  it('and no trick with ids shows another account', async () => {
    const other = operator.as(await tokenFor(['8'], 'operator'));
    const tricks: [path: string, statuses: number[]][] = [
      ['/api/account/equity-history?account_id=8&account_id=7', [400]],
      ['/api/account/equity-history?account_id[]=7', [400]],
      ['/api/v1/accounts/8%2F..%2F7', [400]],
      ['/api/v1/accounts/%37', [403]],
      ['/api/v1/accounts/7/', [403]],
      ['/api/v1/accounts?after=7', [400]],
      ["/api/v1/accounts/8'%20OR%20account_id='7/fills", [400, 404]],
      [`/api/v1/accounts/8/fills?after=${btoa('["0","0",1]')}`, [200]],
    ];
    for (const [path, statuses] of tricks) {
      const { status, text } = await other.get(path);
      assert.ok(statuses.includes(status), `${path}: ${status} ${text}`);
      assert.doesNotMatch(text, /Ann Victim|HIDDEN/, path);
    }
    const { accounts } = await other.ok('/api/v1/accounts');
    assert.deepEqual(
      (accounts as Json[]).map(({ account_id }) => account_id),
      ['8'],
    );
    const everybody = operator.as(await tokenFor(['*'], 'reader'));
    assert.equal(((await everybody.ok('/api/v1/accounts'))['accounts'] as Json[]).length, 2);
  });

  it('page through every flow once, also those that waited for one rate and have no id', async () => {
    const { nats } = tidemark;
    for (const [id, amount] of Object.entries({ one: 1000, two: 1000, three: 500 })) {
      await nats.publish('cash.8', { id, type: 'deposit', amount, currency: 'EUR' });
    }
    await tidemark.run('price', 'EURUSD', '1.1');
    const other = operator.as(await tokenFor(['8'], 'reader'));
    const flowsOf8 = async (query: string): Promise<Json> => other.ok(`/api/v1/accounts/8/flows?${query}`);
    const whole = await until(
      async () => {
        const found = (await flowsOf8(''))['flows'] as Json[];
        return found.length === 4 ? found : null;
      },
      { what: 'four flows', timeoutMs: 30_000 },
    );
    for (const limit of [1, 2, 3]) {
      const found: Json[] = [];
      for (let after = ''; ;) {
        const page = await flowsOf8(`limit=${limit}${after}`);
        found.push(...(page['flows'] as Json[]));
        if (page['next'] === null) break;
        after = `&after=${page['next'] as string}`;
      }
      assert.deepEqual(found, whole);
    }
  });

  function operationAt(end: string): Operation {
    const found = operations.find(({ path }) => path.endsWith(end));
    assert.ok(found !== undefined);
    return found;
  }
});

/** Of 17:00 in New York. */
function sessionDate(): string {
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' });
  return date.format(Date.now() + 7 * 3_600_000);
}
