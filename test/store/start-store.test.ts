/** The store's life: who may open a data directory, what is kept in it, how it ends. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { launchStore, startStoreProcess } from '../support/store-process.ts';
import { until } from '../support/until.ts';

describe('the store', function () {
  this.timeout(60_000);

  const client = (store: { url: string; user: string; password: string }) =>
    createClient({ url: store.url, username: store.user, password: store.password });

  it('keeps its password and its data from one start to the next', async () => {
    const store = await startStoreProcess();
    const file = join(store.dataDir, 'store', 'password');
    assert.equal((await readFile(file, 'utf8')).trim(), store.password);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    let reader = client(store);
    await reader.command({ query: 'CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a' });
    await reader.insert({ table: 'kept', values: [{ a: 1 }], format: 'JSONEachRow' });
    await reader.close();
    assert.equal(await store.terminate(), 0);
    await store.start();
    reader = client(store);
    assert.equal(
      await (await reader.query({ query: 'SELECT a FROM kept', format: 'TabSeparated' })).text(),
      '1\n',
    );
    await reader.close();
    await store.stop();
  });

  it('ends in good order, after the query that is under way, with connections kept alive', async () => {
    const store = await startStoreProcess();
    const reader = client(store);
    const query = reader.query({ query: 'SELECT sleep(1) AS s', format: 'TabSeparated' });
    const answered = query.then((result) => result.text());
    const running = async (): Promise<boolean> => {
      const others = "SELECT count() FROM system.processes WHERE query LIKE '%sleep(1)%'";
      const result = await reader.query({ query: others, format: 'TabSeparated' });
      return Number(await result.text()) > 1;
    };
    await until(running, { what: 'the query to run' });
    assert.equal(await store.terminate(), 0);
    assert.equal(await answered, '0\n');
    await reader.close();
    await store.stop();
  });

  it('names who holds a data directory', async () => {
    const store = await startStoreProcess();
    await assert.rejects(
      launchStore(store.dataDir, 0),
      /is held by process \d+: stop that, or change data_dir/,
    );
    await store.kill();
    await store.start();
    await store.stop();
  });

  it('refuses a data directory of another version', async () => {
    const store = await startStoreProcess();
    await store.terminate();
    await writeFile(join(store.dataDir, 'store', 'VERSION'), '99\n');
    await assert.rejects(
      launchStore(store.dataDir, 0),
      /written by another version of the store \(format 99/,
    );
    await store.stop();
  });

  it('names the key of a port that is taken', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'tidemark-store-'));
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await assert.rejects(
      launchStore(dataDir, port),
      new RegExp(`port ${port} on 127.0.0.1 is taken: change store.port`),
    );
    other.close();
    await rm(dataDir, { recursive: true });
  });
});
