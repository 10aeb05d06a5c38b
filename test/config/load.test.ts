import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import type { Kind } from '../../config/kind.ts';
import { ConfigError, environmentKeys, loadConfig } from '../../config/load.ts';
import { schema } from '../../config/schema.ts';

describe('the configuration', () => {
  let dir: string;
  before(() => (dir = mkdtempSync(join(tmpdir(), 'tidemark-config-'))));
  after(() => rmSync(dir, { recursive: true, force: true }));

  const file = (text: string): string => {
    const path = join(dir, 'tidemark.yaml');
    writeFileSync(path, text);
    return path;
  };
  const problemsOf = (load: () => unknown): Map<string, string> => {
    try {
      load();
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return new Map(error.problems.map(({ key, allowed }) => [key, allowed]));
    }
    return assert.fail('the configuration was taken');
  };

  it('is complete by default', () => {
    const config = loadConfig({ env: {} });
    assert.equal(config.nats.url, null);
    assert.equal(config.nats.port, 4222);
    assert.equal(config.tick.interval_ms, 25);
    assert.equal(config.accounts.cutover, '17:00');
    assert.deepEqual(config.prices.sources, []);
    assert.deepEqual(config.currencies, {});
  });

  it('lets a file override the default, and a variable override both', () => {
    const path = file('tick: {interval_ms: 10}\nnats: {port: 5222}\ncurrencies: {BTC: 8}\n');
    const config = loadConfig({ file: path, env: { TIDEMARK_NATS_PORT: '6222' } });
    assert.equal(config.tick.interval_ms, 10);
    assert.equal(config.tick.source, 'clock');
    assert.equal(config.nats.port, 6222);
    assert.deepEqual(config.currencies, { BTC: 8 });
  });

  it('finds its file by TIDEMARK_CONFIG, and --config wins over that', () => {
    const path = file('http: {port: 9999}');
    assert.equal(loadConfig({ env: { TIDEMARK_CONFIG: path } }).http.port, 9999);
    assert.equal(loadConfig({ file: path, env: { TIDEMARK_CONFIG: '/nowhere' } }).http.port, 9999);
  });

  it('takes values of every type from variables', () => {
    const config = loadConfig({
      env: {
        TIDEMARK_NATS_URL: 'nats://10.0.0.1:4222,nats://10.0.0.2:4222',
        TIDEMARK_CLICKHOUSE_URL: '',
        TIDEMARK_CLICKHOUSE_PASSWORD: '12345',
        TIDEMARK_PRICES_CAPTURE: 'false',
        TIDEMARK_PRICES_GUARD_MAX_MOVE_PERCENT: '12.5',
        TIDEMARK_PRICES_SOURCES:
          '[{subject: fx-stream-global, symbol: pair, bid: b, ask: a, ts: t, price_scale: 2}]',
        TIDEMARK_CURRENCIES: '{"BTC": 8, "USDT": 6}',
        TIDEMARK_CURVE_RESOLUTION: 'tick',
        TIDEMARK_ACCOUNTS_CUTOVER: '16:30',
        TIDEMARK_INSTRUMENTS: '{ES: {multiplier: 50, style: margined}}',
      },
    });
    assert.equal(config.nats.url, 'nats://10.0.0.1:4222,nats://10.0.0.2:4222');
    assert.equal(config.clickhouse.url, null);
    assert.equal(config.clickhouse.password, '12345');
    assert.equal(config.prices.capture, false);
    assert.equal(config.prices.guard.max_move_percent, 12.5);
    assert.equal(config.prices.sources[0]?.price_scale, 2);
    assert.deepEqual(config.currencies, { BTC: 8, USDT: 6 });
    assert.equal(config.curve.resolution, 'tick');
    assert.equal(config.accounts.cutover, '16:30');
    assert.deepEqual(config.instruments, { ES: { multiplier: 50, style: 'margined' } });
  });

  it('tells all errors at once: the key, the value and what is allowed', () => {
    const path = file(`
tick: {interval_ms: 0, source: sundial, pace: 3}
prices: {sources: [{subject: fx, symbol: pair, bid: b}, {price: p}]}
accounts: {timezone: America/Atlantis, cutover: 1020}
curve: {resolution: 1 second}
currencies: {btc: 8, USD: two}
instruments: {ES: {style: odd, weight: 1}}
colour: blue
`);
    const load = (): unknown =>
      loadConfig({
        file: path,
        env: { TIDEMARK_LOG_LEVEL: 'loud', TIDEMARK_TICK_INTERVAL: '5', TIDEMARK_NATS_PORT: '8080' },
      });
    const problems = problemsOf(load);
    assert.deepEqual(
      [...problems.keys()].sort(),
      [
        'TIDEMARK_TICK_INTERVAL',
        'accounts.cutover',
        'accounts.timezone',
        'colour',
        'currencies.USD',
        'currencies.btc',
        'curve.resolution',
        'http.port',
        'instruments.ES.style',
        'instruments.ES.weight',
        'log.level',
        'prices.sources[0]',
        'prices.sources[1].subject',
        'prices.sources[1].symbol',
        'tick.interval_ms',
        'tick.pace',
        'tick.source',
      ].sort(),
    );
    assert.equal(problems.get('tick.interval_ms'), 'an integer from 1 to 60000 (milliseconds)');
    assert.throws(load, /tick\.source: "sundial" is not allowed; allowed: one of clock, nats\n/);
  });

  it('never prints a password', () => {
    const path = file('clickhouse: {password: 4711}');
    assert.throws(
      () => loadConfig({ file: path, env: {} }),
      (error: Error) => /clickhouse\.password/.test(error.message) && !error.message.includes('4711'),
    );
  });

  it('shows nothing of what sounds like a secret, or may have one in it', () => {
    const path = file(`
nats: {url: 'nats://user:hush@host:4222', pasword: hush, nkey: hush, cert_file: /hush}
clickhouse: {url: 'https://user:hush@host'}
webhooks: [{url: hush, secret: hush, kinds: [hush]}, hush, {url: 'https://a/hush', secrets: hush}]
`);
    const load = (): unknown => loadConfig({ file: path, env: { TIDEMARK_AUTH_SECRTE_KEY: 'hush' } });
    assert.deepEqual(
      [...problemsOf(load).keys()].sort(),
      [
        'TIDEMARK_AUTH_SECRTE_KEY',
        'clickhouse.url',
        'nats.cert_file',
        'nats.nkey',
        'nats.pasword',
        'nats.url',
        'webhooks[0].kinds[0]',
        'webhooks[0].secret',
        'webhooks[0].url',
        'webhooks[1]',
        'webhooks[2].secret',
        'webhooks[2].secrets',
      ].sort(),
    );
    assert.throws(load, (error: Error) => !error.message.includes('hush'));
  });

  it('refuses credentials that contradict each other, or that nobody asks for', () => {
    const key = `SU${'A'.repeat(56)}`;
    const keysOf = (text: string): string[] => [
      ...problemsOf(() => loadConfig({ file: file(text), env: {} })).keys(),
    ];
    const at = "url: 'nats://host:4222'";
    assert.deepEqual(keysOf(`nats: {${at}, user: u, token: t, nkey: ${key}}`), ['nats.token', 'nats.nkey']);
    assert.deepEqual(keysOf(`nats: {${at}, password: p, key_file: k}`), ['nats.password', 'nats.cert_file']);
    assert.deepEqual(keysOf('nats: {creds_file: c}'), ['nats.creds_file']);
    assert.deepEqual(keysOf("clickhouse: {url: 'http://host', ca_file: c}"), ['clickhouse.ca_file']);
    const receiver = `{url: 'https://a/b', secret: '${key}'}`;
    assert.deepEqual(keysOf(`webhooks: [${receiver}, ${receiver}]`), ['webhooks[1].url']);
  });

  it('tells of a file that is missing, is no YAML, or is no map', () => {
    assert.deepEqual(
      [...problemsOf(() => loadConfig({ file: join(dir, 'none.yaml'), env: {} })).keys()],
      ['--config'],
    );
    const broken = file('tick: {interval_ms: 10\nnats: [');
    assert.match([...problemsOf(() => loadConfig({ file: broken, env: {} })).keys()].join(), /line \d/);
    assert.equal(problemsOf(() => loadConfig({ file: file('- a\n- b\n'), env: {} })).size, 1);
  });

  it('is not disturbed by what Kubernetes puts beside a service of its name', () => {
    const env = { TIDEMARK_GATEWAY_SERVICE_HOST: '10.0.0.9', TIDEMARK_GATEWAY_PORT: 'tcp://10.0.0.9:8080' };
    assert.equal(loadConfig({ env }).http.port, 8080);
  });

  it('has every key in default.yaml, with a comment above it, and a variable of its own', () => {
    const document = parseDocument(
      readFileSync(new URL('../../config/default.yaml', import.meta.url), 'utf8'),
    );
    assert.ok(isMap(document.contents));
    let keys = 0;
    const walk = (kind: Kind<unknown>, map: YAMLMap, path: string): void => {
      const fields = Object.entries(kind.fields ?? {});
      assert.deepEqual(
        map.items.map(({ key }) => String(key)).sort(),
        fields.map(([name]) => name).sort(),
        path,
      );
      fields.forEach(([name, each]) => {
        const at = map.items.findIndex(({ key }) => String(key) === name);
        const pair = map.items[at];
        const here = `${path}${name}`;
        if (each.fields !== undefined) {
          assert.ok(isMap(pair?.value), `${here} is a section`);
          walk(each, pair.value, `${here}.`);
          return;
        }
        keys++;
        const above = at === 0 ? map.commentBefore : isScalar(pair?.key) ? pair.key.commentBefore : undefined;
        assert.ok(
          above !== undefined && above !== null && above.length > 20,
          `${here} has a comment above it`,
        );
      });
    };
    walk(schema, document.contents, '');
    assert.equal(environmentKeys().size, keys);
  });
});
