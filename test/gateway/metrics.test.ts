/** What Prometheus is told: of whom, to whom, and that the dashboard and the alert rules ask for nothing else. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import { parse } from 'yaml';
import { assertFits, GatewayClient } from '../support/gateway-client.ts';
import { gatewayOf } from '../support/made-up-doors.ts';
import { runningTidemark, type Json, type RunningTidemark } from '../support/running-tidemark.ts';
import { until } from '../support/until.ts';

const path = '/api/v1/metrics';
const fileOf = (name: string): string =>
  readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8');

/** Names that an expression asks for: words that are neither functions, labels nor words of the language. */
function namesIn(expression: string): string[] {
  return [...expression.matchAll(/\b(?:tidemark|process|nodejs)_\w+/g)].map(([name]) => name);
}

/** Every series of a scrape, by its name. */
function seriesOf(scrape: string): Set<string> {
  const found = new Set<string>();
  for (const [, name = '', type] of scrape.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    if (type === 'histogram') for (const end of ['bucket', 'sum', 'count']) found.add(`${name}_${end}`);
    else found.add(name);
  }
  return found;
}

/** The value of a line of the scrape, to the letter before it; NaN where there is none. */
function valueOf(scrape: string, series: string): number {
  const line = scrape.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}

describe('metrics', function () {
  this.timeout(90_000);

  describe('of a system that runs', () => {
    let tidemark: RunningTidemark;
    let gateway: GatewayClient;
    const scrape = async (): Promise<string> => (await gateway.get(path)).text;

    before(async () => {
      const receiver = '[{url: "http://127.0.0.1:1/alerts", secret: "thirty-two bytes are the least of it"}]';
      tidemark = await runningTidemark({ TIDEMARK_WEBHOOKS: receiver });
      gateway = new GatewayClient(`http://127.0.0.1:${tidemark.installation.httpPort}`);
      await tidemark.nats.publish('cash.7', { id: 'one', type: 'deposit', amount: 100 });
      await tidemark.nats.publish('cash.7', { id: 'one', type: 'deposit', amount: 100 });
      await tidemark.nats.publish('cash.7', { id: 'two', type: 'deposit', amount: 'much' });
      await tidemark.json('account', 'open', '8', '--wait');
      await tidemark.json('account', 'suspend', '8', '--wait');
    });
    after(() => tidemark.stop());

    it('count what each process has done', async () => {
      const isThere = async (): Promise<string | null> => {
        const text = await scrape();
        return valueOf(text, 'tidemark_sink_rows_total') > 0 ? text : null;
      };
      const text = await until(isThere, { what: 'rows in ClickHouse', timeoutMs: 30_000 });
      const expected = {
        tidemark_engine_live: 1,
        'tidemark_engine_state{state="live"}': 1,
        'tidemark_accounts{state="active.healthy"}': 1,
        'tidemark_accounts{state="suspended"}': 1,
        'tidemark_accounts{state="failing"}': 0,
        'tidemark_events_applied_total{kind="cash"}': 3,
        tidemark_duplicates_total: 1,
        'tidemark_rejections_total{reason="malformed"}': 1,
        'tidemark_process_up{role="engine"}': 1,
        'tidemark_process_up{role="sink"}': 1,
        tidemark_websocket_clients: 0,
      };
      for (const [series, value] of Object.entries(expected)) {
        assert.equal(valueOf(text, series), value, series);
      }
    });

    it('have buckets that rise to the count of all', async () => {
      const text = await scrape();
      for (const name of ['tidemark_tick_duration_seconds', 'tidemark_tick_told_seconds']) {
        const buckets = [...text.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]+)"\\} (\\d+)$`, 'gm'))];
        const counts = buckets.map(([, , count]) => Number(count));
        assert.ok(counts.length > 10, text);
        assert.deepEqual(
          counts,
          counts.toSorted((a, b) => a - b),
        );
        assert.equal(buckets.at(-1)?.[1], '+Inf');
        assert.equal(counts.at(-1), valueOf(text, `${name}_count`));
        assert.ok(valueOf(text, `${name}_sum`) > 0);
      }
    });

    it('are all that the dashboard and the alert rules ask for', async () => {
      const dashboard = JSON.parse(fileOf('grafana-dashboard.json')) as {
        panels: { targets: { expr: string }[] }[];
      };
      const rules = parse(fileOf('prometheus-alerts.yaml')) as {
        groups: { rules: { alert: string; expr: string }[] }[];
      };
      const expressions = [
        ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
        ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
      ];
      assert.ok(expressions.length > 30);
      const there = seriesOf(await scrape());
      const missing = expressions.flatMap(namesIn).filter((name) => !there.has(name));
      assert.deepEqual(missing, []);
    });

    it('are JSON where that is wanted, as the document says, and else what Prometheus reads', async () => {
      const text = await gateway.get(path);
      assert.match(text.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
      const answer = await gateway.get(path, { accept: 'application/json' });
      const operation = (await gateway.operations()).find((each) => each.path === path);
      assertFits(operation?.schemaOf(200) ?? null, answer.json, path);
      assert.ok((answer.json as unknown as Json[]).some(({ name }) => name === 'tidemark_accounts'));
      assert.equal((await gateway.get(path, { accept: 'image/png' })).status, 406);
    });
  });

  it('are answered while no engine and no sink is there', async () => {
    const ask = (): Promise<string> => Promise.reject(new Error('nobody'));
    const history = { queries: { running: 0, waiting: 0 } };
    const server = await gatewayOf({ nats: { ask }, history });
    const { statusCode, body } = await server.inject({ url: path });
    assert.equal(statusCode, 200);
    assert.equal(valueOf(body, 'tidemark_engine_live'), 0);
    assert.equal(valueOf(body, 'tidemark_process_up{role="sink"}'), 0);
    assert.equal(valueOf(body, 'tidemark_process_up{role="gateway"}'), 1);
    await server.close();
  });

  it('ask the other processes once a second, however many scrape', async () => {
    let asked = 0;
    const ask = (): Promise<string> => Promise.reject(new Error(`nobody ${++asked}`));
    const history = { queries: { running: 0, waiting: 0 } };
    const server = await gatewayOf({ nats: { ask }, history });
    await Promise.all(Array.from({ length: 20 }, () => server.inject({ url: path })));
    assert.equal(asked, 2, 'the engine and the sink, once');
    await server.close();
  });

  it('are for operators, and for tokens of all accounts', async () => {
    const secret = 'a secret of at least thirty-two bytes';
    const env = { TIDEMARK_AUTH_MODE: 'jwt', TIDEMARK_AUTH_SECRET: secret };
    const history = { queries: { running: 0, waiting: 0 } };
    const server = await gatewayOf({ nats: { ask: () => Promise.reject(new Error('')) }, history, env });
    const statusFor = async (accounts: string[], role: string): Promise<number> => {
      const token = await new SignJWT({ accounts, role })
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience('tidemark')
        .setExpirationTime('1 minute')
        .sign(new TextEncoder().encode(secret));
      const headers = { authorization: `Bearer ${token}` };
      return (await server.inject({ url: path, headers })).statusCode;
    };
    assert.equal((await server.inject({ url: path })).statusCode, 401);
    assert.equal(await statusFor(['7'], 'reader'), 403);
    assert.equal(await statusFor(['7'], 'operator'), 200);
    assert.equal(await statusFor(['*'], 'reader'), 200);
    await server.close();
  });
});
