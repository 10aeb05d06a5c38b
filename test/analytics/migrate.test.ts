/** Migrations: once, in order, recorded; what does not fit is refused. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { migrate, SchemaMismatch, type SqlDirectories } from '../../src/analytics/migrate.ts';
import { frameColumns } from '../../src/domain/frame.ts';
import { startStoreProcess, type TestStore } from '../support/store-process.ts';

describe('migrations', function () {
  this.timeout(60_000);
  let store: TestStore;
  let directory: string;
  let directories: SqlDirectories;
  let databases = 0;

  before(async () => {
    store = await startStoreProcess();
  });
  after(() => store.stop());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidemark-sql-'));
    await mkdir(join(directory, 'migrations'));
    await mkdir(join(directory, 'views'));
    const at = (name: string): URL => pathToFileURL(join(directory, name, '/'));
    directories = { migrations: at('migrations'), views: at('views') };
    databases += 1;
  });
  afterEach(() => rm(directory, { recursive: true }));

  const target = () => ({
    url: store.url,
    user: store.user,
    password: store.password,
    database: `m${databases}`,
  });
  const write = (path: string, sql: string): Promise<void> => writeFile(join(directory, path), sql);
  const rows = async (query: string): Promise<unknown[]> => {
    const { url, user, password, database } = target();
    const log = { level: ClickHouseLogLevel.OFF };
    const client = createClient({ url, username: user, password, database, log });
    try {
      return await (await client.query({ query, format: 'JSONCompactEachRow' })).json();
    } finally {
      await client.close();
    }
  };

  it('are applied once, in the order of their numbers', async () => {
    const table = (name: string): string => `CREATE TABLE ${name} (a UInt8) ENGINE = MergeTree ORDER BY a;\n`;
    await write('migrations/002-second.sql', 'INSERT INTO first VALUES (1);\n');
    await write(
      'migrations/001-first.sql',
      `-- a comment; with a semicolon\n${table('first')}${table('other')}`,
    );
    assert.deepEqual((await migrate(target(), directories)).applied, ['001-first', '002-second']);
    assert.deepEqual((await migrate(target(), directories)).applied, []);
    await write('migrations/003-third.sql', 'INSERT INTO first VALUES (3);');
    assert.deepEqual((await migrate(target(), directories)).applied, ['003-third']);
    assert.deepEqual(await rows('SELECT a FROM first ORDER BY a'), [[1], [3]]);
  });

  it('go on behind a statement that failed', async () => {
    const good = 'CREATE TABLE IF NOT EXISTS t (a UInt8) ENGINE = MergeTree ORDER BY a;\n';
    await write('migrations/001-a.sql', `${good}SELECT nope;\n`);
    await assert.rejects(migrate(target(), directories), /nope/);
    await write('migrations/001-a.sql', `${good}SELECT 1;\n`);
    assert.deepEqual((await migrate(target(), directories)).applied, ['001-a']);
  });

  it('must not change once they are applied', async () => {
    await write('migrations/001-a.sql', 'SELECT 1;\n');
    await migrate(target(), directories);
    await write('migrations/001-a.sql', 'SELECT 2;\n');
    await assert.rejects(migrate(target(), directories), (error) => {
      assert.ok(error instanceof SchemaMismatch);
      assert.match(error.message, /migration 001-a was changed after database m\d+ had applied it/);
      return true;
    });
  });

  it('of a newer version are not gone below', async () => {
    await write('migrations/001-a.sql', 'SELECT 1;\n');
    await write('migrations/002-b.sql', 'SELECT 1;\n');
    await migrate(target(), directories);
    await rm(join(directory, 'migrations/002-b.sql'));
    await assert.rejects(
      migrate(target(), directories),
      /has migration 002-b, which this version does not know/,
    );
  });

  it('make views anew when their text changes, or when they are gone', async () => {
    await write('views/v.sql', 'CREATE OR REPLACE VIEW v AS SELECT 1 AS a;\n');
    assert.deepEqual((await migrate(target(), directories)).views, ['v']);
    assert.deepEqual((await migrate(target(), directories)).views, []);
    await write('views/v.sql', 'CREATE OR REPLACE VIEW v AS SELECT 2 AS a;\n');
    assert.deepEqual((await migrate(target(), directories)).views, ['v']);
    assert.deepEqual(await rows('SELECT a FROM v'), [[2]]);
    await rows('SELECT 1');
    const { url, user, password, database } = target();
    const client = createClient({ url, username: user, password, database });
    await client.command({ query: 'DROP VIEW v' });
    await client.close();
    assert.deepEqual((await migrate(target(), directories)).views, ['v']);
  });

  it('make two readings of a view that says @reading, the base views before those that read them', async () => {
    await mkdir(join(directory, 'views', 'base'));
    await write('views/base/z.sql', 'CREATE OR REPLACE VIEW z@reading AS SELECT {a:UInt8} AS n;\n');
    await write(
      'views/a.sql',
      'CREATE OR REPLACE VIEW a@reading AS SELECT n + 1 AS n FROM @database.z@reading(a = {a:UInt8});\n',
    );
    const { views } = await migrate(target(), directories);
    assert.deepEqual(views, ['z', 'z_as_recorded', 'a', 'a_as_recorded']);
    assert.deepEqual(await rows('SELECT n FROM a_as_recorded(a = 1)'), [[2]]);
    assert.deepEqual((await migrate(target(), directories)).views, []);
  });

  it('give every table the columns of its frames, and a default to all but its keys', async () => {
    await migrate(target());
    for (const [table, columns] of Object.entries(frameColumns)) {
      const found = (
        await rows(
          `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = '${table}'`,
        )
      ).flat();
      for (const column of columns) assert.ok(found.includes(column), `${table}.${column}`);
    }
    await rows('SELECT 1');
    const { url, user, password, database } = target();
    const client = createClient({ url, username: user, password, database });
    await client.insert({
      table: 'equity_curve',
      values: [{ account_id: '7', ts: '2026-01-02 03:04:05.678', total_equity: 1000, nav: 1.5 }],
      format: 'JSONEachRow',
    });
    await client.close();
    assert.deepEqual(
      await rows(
        'SELECT tick, cash_balance, epoch, nav_low, nav_high, toString(session_date) FROM equity_curve',
      ),
      [[1767323045678, 1000, 1, 1.5, 1.5, '2026-01-02']],
    );
  });
});
