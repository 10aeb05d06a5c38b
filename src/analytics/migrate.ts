/**
 * Brings a database to the schema of this version: creates it, applies each migration once and in order, re-creates
 * views whose text changed. What was applied stands in `schema_migrations`. One process at a time: the sink's. Knows
 * the files' names and checksums, not what is in them.
 */
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { clickHouseOptions, type ClickHouseAccess } from '../../config/clickhouse-options.ts';
import {
  migrationsDirectory,
  readSqlFiles,
  readViewFiles,
  viewsDirectory,
  type SqlFile,
} from './sql-files.ts';

export type ClickHouseTarget = ClickHouseAccess;

export interface Migrated {
  /** Names, in order. */
  readonly applied: readonly string[];
  readonly views: readonly string[];
}

export interface SqlDirectories {
  readonly migrations: URL;
  readonly views: URL;
}

/** The database and this version do not fit together; no waiting mends that. */
export class SchemaMismatch extends Error {}

interface Recorded {
  readonly kind: 'migration' | 'view';
  readonly name: string;
  readonly version: number;
  readonly checksum: string;
}

const bookkeeping = `CREATE TABLE IF NOT EXISTS schema_migrations
(
    kind       LowCardinality(String),
    version    UInt32,
    name       String,
    checksum   String,
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree ORDER BY (kind, version, name, applied_at)`;

/** Throws SchemaMismatch when an applied migration has changed since, or when the database has migrations that this version lacks. */
export async function migrate(
  target: ClickHouseTarget,
  directories: SqlDirectories = { migrations: migrationsDirectory, views: viewsDirectory },
): Promise<Migrated> {
  await withClient({ ...target, database: 'default' }, (client) =>
    client.command({
      query: 'CREATE DATABASE IF NOT EXISTS {database:Identifier}',
      query_params: { database: target.database },
    }),
  );
  return withClient(target, async (client) => {
    await client.command({ query: bookkeeping });
    const recorded = await readRecorded(client);
    const migrations = await readSqlFiles(directories.migrations);
    const pending = pendingMigrations(migrations, recorded, target.database);
    for (const file of pending) {
      await apply(client, file);
      await record(client, 'migration', [file]);
    }
    const views = await changedViews(client, await readViewFiles(directories.views), recorded);
    // Names of tables in a view are of its database wherever it is asked from; names of parameterized views are not.
    for (const file of views) await apply(client, within(target.database, file));
    // All at once, since an insert takes 12 ms: a view that was made but not recorded is made again.
    if (views.length > 0) await record(client, 'view', views);
    return { applied: pending.map((file) => file.name), views: views.map((file) => file.name) };
  });
}

function pendingMigrations(
  files: readonly SqlFile[],
  recorded: readonly Recorded[],
  database: string,
): SqlFile[] {
  const known = new Map(files.map((file) => [file.version, file]));
  if (known.size !== files.length || known.has(0))
    throw new SchemaMismatch('two migrations share a number, or one has none');
  const applied = recorded.filter((row) => row.kind === 'migration');
  for (const row of applied) {
    const file = known.get(row.version);
    if (file === undefined) {
      throw new SchemaMismatch(
        `database ${database} has migration ${row.name}, which this version does not know: use a newer one`,
      );
    }
    if (file.checksum !== row.checksum) {
      throw new SchemaMismatch(
        `migration ${row.name} was changed after database ${database} had applied it: add a new one instead`,
      );
    }
  }
  const done = new Set(applied.map((row) => row.version));
  return files.filter((file) => !done.has(file.version)).sort((a, b) => a.version - b.version);
}

/** Views whose text is not the one recorded last, or that somebody dropped. */
async function changedViews(
  client: ClickHouseClient,
  files: readonly SqlFile[],
  recorded: readonly Recorded[],
): Promise<SqlFile[]> {
  const checksums = new Map(
    recorded.filter((row) => row.kind === 'view').map((row) => [row.name, row.checksum]),
  );
  const result = await client.query({
    query: 'SELECT name FROM system.tables WHERE database = currentDatabase()',
    format: 'JSONEachRow',
  });
  const existing = new Set((await result.json<{ name: string }>()).map((row) => row.name));
  return files.filter((file) => checksums.get(file.name) !== file.checksum || !existing.has(file.name));
}

async function readRecorded(client: ClickHouseClient): Promise<Recorded[]> {
  const query = `SELECT kind, version, name, argMax(checksum, applied_at) AS checksum
    FROM schema_migrations GROUP BY kind, version, name ORDER BY kind, version, name`;
  return (await client.query({ query, format: 'JSONEachRow' })).json<Recorded>();
}

/** Statements can be run again, so a migration that failed midway is simply applied again. */
async function apply(client: ClickHouseClient, file: SqlFile): Promise<void> {
  for (const query of file.statements) await client.command({ query });
}

async function record(
  client: ClickHouseClient,
  kind: Recorded['kind'],
  files: readonly SqlFile[],
): Promise<void> {
  await client.insert({
    table: 'schema_migrations',
    columns: ['kind', 'version', 'name', 'checksum'],
    values: files.map(({ version, name, checksum }) => ({ kind, version, name, checksum })),
    format: 'JSONEachRow',
    clickhouse_settings: { async_insert: 0 },
  });
}

/** Writes the database's name where the file has `@database`. */
function within(database: string, file: SqlFile): SqlFile {
  const name = `\`${database.replaceAll(/[\\`]/g, '\\$&')}\``;
  return { ...file, statements: file.statements.map((text) => text.replaceAll('@database', () => name)) };
}

async function withClient<T>(
  target: ClickHouseTarget,
  action: (client: ClickHouseClient) => Promise<T>,
): Promise<T> {
  const client = createClient({
    ...clickHouseOptions(target),
    log: { level: ClickHouseLogLevel.OFF },
  });
  try {
    return await action(client);
  } finally {
    await client.close();
  }
}
