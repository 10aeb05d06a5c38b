/** The gateway's reads: every one of its OpenAPI document against its schema, and the same figures as everywhere else. */
import assert from 'node:assert/strict';
import { fuzzGateway } from '../../scripts/fuzz/gateway.ts';
import { assertFits, filled, GatewayClient, type Operation } from '../support/gateway-client.ts';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';
import { until } from '../support/until.ts';

type Rows = readonly Json[];
const fills = 5;

describe('the gateway', function () {
  this.timeout(90_000);
  let tidemark: RunningTidemark;
  let gateway: GatewayClient;
  let operations: Operation[];

  before(async () => {
    tidemark = await runningTidemark();
    gateway = new GatewayClient(`http://127.0.0.1:${tidemark.installation.httpPort}`);
    operations = await gateway.operations();
    const { nats } = tidemark;
    await nats.publish('accounts.7', { type: 'open', name: 'Ann' });
    await nats.publish('cash.7', { id: 'first', type: 'deposit', amount: 1_000_000 });
    for (let i = 0; i < fills; i++) {
      const fill = { id: `fill-${i}`, symbol: 'AAPL', side: 'buy', quantity: '1.5', price: '100.25' };
      await nats.publish('settlements.7', fill);
    }
    await tidemark.run('price', 'AAPL', '110');
    await until(
      async () => {
        const { total_equity } = await gateway.ok('/api/v1/accounts/7');
        const { points } = await gateway.ok('/api/v1/accounts/7/history');
        return total_equity === 1_007_310 && (points as Rows).at(-1)?.['total_equity'] === total_equity;
      },
      { what: 'the last row of the curve', timeoutMs: 30_000 },
    );
  });
  after(() => tidemark.stop());

  it('answers every read of its document as its schema says, or 501', async () => {
    const reads = operations.filter(({ method }) => method === 'GET');
    assert.ok(reads.length >= 20, 'there are such reads');
    const missing: string[] = [];
    for (const read of reads) {
      const { status, text } = await gateway.get(filled(read, '7'), { accept: 'application/json' });
      assert.ok([200, 501].includes(status), `${read.path}: ${status} ${text}`);
      assertFits(read.schemaOf(status), JSON.parse(text), `${read.path} ${status}`);
      if (status === 501) missing.push(read.path);
    }
    assert.deepEqual(missing, [
      '/api/v1/portfolio/{id}/exposures',
      '/api/v1/portfolio/{id}/margin',
      '/api/v1/reconciliations',
    ]);
  });

  it('says of an unknown account that there is none, by every read of one', async () => {
    for (const read of operations.filter(({ method, path }) => method === 'GET' && /id/.test(path))) {
      const { status, headers, json } = await gateway.get(filled(read, 'nobody'));
      assert.ok([404, 501].includes(status), `${read.path}: ${status}`);
      assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8');
      assert.equal(json['reason'], status === 404 ? 'account_unknown' : 'not_built', read.path);
    }
  });

  it('gives an account as `inspect` does, to the byte', async () => {
    const { stdout } = await tidemark.run('inspect', '7', '--json');
    assert.equal((await gateway.get('/api/v1/accounts/7')).text, stdout.trim());
    const { accounts } = await gateway.ok('/api/v1/accounts?order=drawdown');
    const { positions: _, ...figures } = JSON.parse(stdout) as Json;
    assert.deepEqual(accounts, [figures]);
  });

  it('shows minor units, and in the portfolio paths currency units', async () => {
    const evs = await gateway.ok('/api/account/equity-history?account_id=7&range=1h&limit=3');
    assert.equal(evs['account_id'], 7);
    assert.equal((evs['points'] as Rows).at(-1)?.['equity'], 1_007_310);
    assert.ok((evs['points'] as Rows).length <= 3);

    const state = await gateway.ok('/api/v1/portfolio/7/state?include_positions=true');
    const { total_value, cash_balance, margin_used } = state['portfolio_state'] as Json;
    // Five times 1.5 at 100.25 cost 150.38 each, half to even of 150.375; at 110 they are worth 825.00.
    assert.deepEqual([total_value, cash_balance, margin_used], [10_073.1, 9_248.1, null]);
    const [position] = state['positions'] as Rows;
    assert.deepEqual([position?.['quantity'], position?.['market_value']], [7.5, 825]);

    const summary = await gateway.ok('/api/v1/analytics/portfolio/7/summary');
    assert.equal(summary['cumulative_pnl'], 73.1);
    const days = await gateway.ok('/api/v1/analytics/portfolio/7/equity-history');
    assert.equal(days['portfolio_name'], 'Ann');
    assert.equal((days['history'] as Rows).at(-1)?.['equity_balance'], 10_073.1);
    const { attribution } = await gateway.ok('/api/v1/analytics/portfolio/7/attribution');
    assert.equal(
      (attribution as Rows).reduce((sum, row) => sum + Number(row['amount']), 0),
      10_073.1,
    );
  });

  it('shows the state of a moment of the past', async () => {
    const path = '/api/v1/portfolio/7/state?include_positions=true&as_of_timestamp=';
    const state = await gateway.ok(`${path}${new Date().toISOString()}`);
    assert.equal((state['portfolio_state'] as Json)['total_value'], 10_073.1);
    assert.equal((await gateway.get(`${path}2020-01-01`)).json['reason'], 'not_open_yet');
  });

  it('answers in pages that leave nothing out and repeat nothing', async () => {
    const whole = (await gateway.ok('/api/v1/accounts/7/fills'))['fills'] as Rows;
    assert.equal(whole.length, fills);
    const found: Json[] = [];
    for (let after = ''; ;) {
      const page = await gateway.ok(`/api/v1/accounts/7/fills?limit=2${after}`);
      found.push(...(page['fills'] as Rows));
      if (page['next'] === null) break;
      after = `&after=${page['next'] as string}`;
    }
    assert.deepEqual(found, whole);
    const hostile = [
      '["1"]',
      '["1","0"]',
      '["1","0",-1]',
      '["1","0",1e99]',
      '["1","0); DROP TABLE effects",1]',
    ];
    for (const cursor of ['x', ...hostile.map(btoa)]) {
      assert.equal((await gateway.get(`/api/v1/accounts/7/fills?after=${cursor}`)).status, 400);
    }
  });

  it('answers CSV by Accept, compressed where asked for, and not again what is known', async () => {
    const path = '/api/v1/accounts/7/history';
    const csv = await gateway.get(path, { accept: 'text/csv' });
    assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8');
    const lines = csv.text.trimEnd().split('\r\n');
    assert.match(lines[0]!, /^ts,total_equity,nav,/);
    assert.match(lines.at(-1)!, /^20\d\d-.*Z,1007310,1\.00731,/);
    assert.equal((await gateway.get(path, { accept: 'image/png' })).status, 406);

    const first = await gateway.get(path);
    const etag = first.headers.get('etag') ?? '';
    assert.match(etag, /^W\//);
    assert.equal((await gateway.get(path, { 'if-none-match': etag })).status, 304);
    const zipped = await gateway.get('/docs/json', { 'accept-encoding': 'gzip' });
    assert.equal(zipped.headers.get('content-encoding'), 'gzip');
  });

  it('names what is wrong with a request', async () => {
    const cases: [path: string, status: number, reason: string][] = [
      ['/api/v1/nowhere', 404, 'not_found'],
      ['/api/v1/accounts/a%20b', 400, 'request_invalid'],
      ['/api/v1/accounts/%zz', 400, 'bad_url'],
      ['/api/v1/accounts?limit=0', 400, 'request_invalid'],
      ['/api/v1/accounts/7/history?from=yesterday', 400, 'request_invalid'],
      ['/api/v1/accounts/7/history?from=2026-02-01&to=2026-01-01', 400, 'request_invalid'],
      ['/api/account/equity-history', 400, 'request_invalid'],
      ['/api/v1/portfolio/7/state?include_exposures=true', 501, 'not_built'],
    ];
    for (const [path, status, reason] of cases) {
      const { json, ...answer } = await gateway.get(path);
      assert.deepEqual([answer.status, json['reason'], json['status']], [status, reason, status], path);
    }
    const health = await gateway.ok('/api/v1/health');
    assert.equal(health['status'], 'ok');
    assert.deepEqual(await gateway.ok('/api/v1/ready'), { ready: true });
  });

  it('answers every hostile request with the name of a problem, or as it should, and goes on', async () => {
    const report = await fuzzGateway(gateway, { requests: 500, seed: 1, atOnce: 16 });
    assert.deepEqual(report.failures, []);
    const answered = Object.values(report.statuses).reduce((sum, count) => sum + count, 0);
    assert.equal(answered, 500);
    for (const status of [200, 400, 404, 422]) assert.ok((report.statuses[status] ?? 0) > 0, `${status}`);
    assert.deepEqual(await gateway.ok('/api/v1/ready'), { ready: true });
  });

  it('has a page of its API, under the policy of a page', async () => {
    const page = await gateway.get('/docs/static/index.html');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'self'/);
  });
});
