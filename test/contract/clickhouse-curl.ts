/** What curl, and whoever speaks plain HTTP, may expect of ClickHouse's HTTP interface. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { ClickHouseClient } from '@clickhouse/client';
import {
  createDatabase,
  createTable,
  database,
  newClient,
  type ClickHouseAddress,
} from './clickhouse-clients.ts';

const run = promisify(execFile);

export function clickHouseCurlContract(address: () => ClickHouseAddress): void {
  let client: ClickHouseClient;

  before(async () => {
    await createDatabase(address());
    client = newClient(address());
  });
  after(() => client.close());
  beforeEach(() => createTable(client));

  const rows = async (query: string): Promise<unknown[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json();

  const curl = async (...args: string[]): Promise<{ status: number; body: string }> => {
    const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', ...args]);
    const at = stdout.lastIndexOf('\n');
    return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) };
  };
  const login = (): string => `${address().user}:${address().password}`;
  const at = (path: string): string => `${address().url}${path}`;

  it('checks health without credentials', async () => {
    for (const path of ['/ping', '/replicas_status', '/']) {
      assert.deepEqual(await curl(at(path)), { status: 200, body: 'Ok.\n' });
    }
    assert.equal((await curl(at('/nope'))).status, 404);
  });

  it('logs in by Basic, by headers and by URL parameters', async () => {
    const { user, password } = address();
    const ok = { status: 200, body: '1\n' };
    assert.deepEqual(await curl('-u', login(), at('/?query=SELECT+1')), ok);
    const headers = ['-H', `X-ClickHouse-User: ${user}`, '-H', `X-ClickHouse-Key: ${password}`];
    assert.deepEqual(await curl(...headers, at('/?query=SELECT+1')), ok);
    assert.deepEqual(await curl(at(`/?user=${user}&password=${password}&query=SELECT+1`)), ok);
    const none = await curl(at('/?query=SELECT+1'));
    assert.equal(none.status, 401);
    assert.match(none.body, /^Code: 194\. DB::Exception: .*\(REQUIRED_PASSWORD\)/);
    assert.equal((await curl('-u', 'default:wrong', at('/?query=SELECT+1'))).status, 403);
  });

  it('reads TabSeparated unless another format is asked for', async () => {
    const query = 'SELECT 1 AS a, 2 AS b';
    assert.equal((await curl('-u', login(), at('/'), '-d', query)).body, '1\t2\n');
    assert.equal((await curl('-u', login(), at('/?default_format=CSV'), '-d', query)).body, '1,2\n');
    const asHeader = ['-H', 'X-ClickHouse-Format: JSONEachRow'];
    assert.equal((await curl('-u', login(), ...asHeader, at('/'), '-d', query)).body, '{"a":1,"b":2}\n');
    assert.equal((await curl('-u', login(), at('/'), '-d', `${query} FORMAT CSV;`)).body, '1,2\n');
  });

  it('gets the statuses of a server', async () => {
    const status = async (query: string): Promise<number> =>
      (await curl('-u', login(), at(`/?database=${database}`), '-d', query)).status;
    assert.equal(await status('SELECT 1'), 200);
    assert.equal(await status('SELECT * FROM nope'), 404);
    assert.equal(await status('SELEC'), 400);
    assert.equal(await status('SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_execution_time = 1'), 408);
    assert.equal(await status("SELECT throwIf(1, 'no')"), 500);
  });

  it('cannot write by GET', async () => {
    const { status, body } = await curl('-u', login(), at(`/?database=${database}&query=DROP+TABLE+rows`));
    assert.equal(status, 500);
    assert.match(body, /method GET implies readonly/);
  });

  it('inserts a body, also compressed, also beside the statement', async () => {
    const insert = at(`/?database=${database}&query=INSERT+INTO+rows+FORMAT+TSV`);
    await curl('-u', login(), insert, '--data-binary', '1\ta\n2\tb\n');
    const whole = 'INSERT INTO rows FORMAT JSONEachRow\n{"id": 3}\n{"id": 4}\n';
    await curl('-u', login(), at(`/?database=${database}`), '--data-binary', whole);
    const { url } = address();
    const gzipped = await fetch(`${url}/?database=${database}&query=INSERT+INTO+rows+VALUES`, {
      method: 'POST',
      headers: {
        'Content-Encoding': 'gzip',
        Authorization: `Basic ${Buffer.from(login()).toString('base64')}`,
      },
      body: gzipSync("(5, 'e'), (6, 'f')"),
    });
    assert.equal(gzipped.status, 200, await gzipped.text());
    assert.deepEqual(await rows('SELECT count() AS n, sum(id) AS s FROM rows'), [{ n: '6', s: '21' }]);
  });

  it('takes nothing of an insert whose sender breaks off', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const headers = {
        Authorization: `Basic ${Buffer.from(login()).toString('base64')}`,
        'Content-Encoding': encoding,
      };
      const path = `/?database=${database}&query=INSERT+INTO+rows+(id)+FORMAT+TSV`;
      const broken = request(at(path), { method: 'POST', headers });
      const failed = new Promise((resolve) => broken.once('error', resolve));
      const part = encoding === 'gzip' ? gzipSync('1\n2\n').subarray(0, -4) : '1\n2\n';
      broken.write(part, () => broken.destroy(new Error('broken off')));
      await failed;
    }
    await curl('-u', login(), at(`/?database=${database}&query=INSERT+INTO+rows+(id)+FORMAT+TSV`), '-d', '7');
    assert.deepEqual(await rows('SELECT id FROM rows'), [{ id: '7' }]);
  });

  it('gets a compressed answer when it asks for one', async () => {
    const path = at('/?enable_http_compression=1&query=SELECT+number+FROM+numbers(1000)');
    const { body } = await curl('-u', login(), '--compressed', path);
    assert.equal(body.split('\n').length, 1001);
  });
}
