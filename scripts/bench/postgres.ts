/**
 * The database way: PostgreSQL with tables of prices, positions and accounts, and a trigger that revalues every holder
 * when a price is updated. A cluster of its own in a temporary directory, over a socket there, gone afterwards.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { limits } from '../../config/limits.ts';

export interface PostgresPeer {
  readonly version: string;
  /** Price updates a second, each a transaction of its own. */
  updatesASecond(): Promise<number>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
/** Where Debian has the programs of each version. */
const versionsDirectory = '/usr/lib/postgresql';
const secondsARound = 4;
const user = 'postgres';

/** The peer, or the word why there is none. */
export async function openPostgres(
  accounts: number,
  positions: number,
  symbols: number,
): Promise<PostgresPeer | string> {
  const version = existsSync(versionsDirectory) ? readdirSync(versionsDirectory).sort().at(-1) : undefined;
  const bin = join(versionsDirectory, version ?? '', 'bin');
  if (version === undefined || !existsSync(join(bin, 'postgres'))) return 'PostgreSQL is not installed';
  const identity = process.getuid?.() === 0 ? userIds(user) : null;
  if (process.getuid?.() === 0 && identity === null)
    return `PostgreSQL does not run as root, and there is no user ${user}`;

  const directory = mkdtempSync(join(tmpdir(), 'tidemark-postgres-'));
  chmodSync(directory, 0o755);
  if (identity !== null) chownSync(directory, identity.uid, identity.gid);
  const as = identity ?? {};
  const data = join(directory, 'data');
  const options = {
    ...as,
    cwd: directory,
    env: { ...process.env, PGHOST: directory, PGUSER: user, PGDATABASE: 'postgres' },
  };
  await run(join(bin, 'initdb'), ['-D', data, '-U', user, '-A', 'trust', '--no-sync'], options);
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-k', directory, '-c', 'listen_addresses='], {
    ...options,
    stdio: 'ignore',
  });
  process.once('exit', () => server.kill('SIGKILL'));
  await answers(server, () => run(join(bin, 'pg_isready'), ['-h', directory], options));
  const schema = join(directory, 'schema.sql');
  writeFileSync(schema, schemaSql(accounts, positions, symbols));
  await run(join(bin, 'psql'), ['-q', '-v', 'ON_ERROR_STOP=1', '-f', schema], options);
  const update = join(directory, 'update.sql');
  writeFileSync(
    update,
    `\\set symbol random(0, ${symbols - 1})\n\\set price random(1000, 90000)\nUPDATE prices SET price = :price WHERE symbol = :symbol;\n`,
  );
  return {
    version: `PostgreSQL ${version}`,
    async updatesASecond() {
      const { stdout } = await run(
        join(bin, 'pgbench'),
        ['-n', '-c', '1', '-T', String(secondsARound), '-f', update],
        options,
      );
      const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
      if (tps === undefined) throw new Error(`pgbench says: ${stdout}`);
      return Number(tps);
    },
    async stop() {
      const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
      server.kill('SIGINT');
      await exited;
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function schemaSql(accounts: number, positions: number, symbols: number): string {
  return `
CREATE TABLE prices (symbol int PRIMARY KEY, price bigint NOT NULL);
CREATE TABLE accounts (id int PRIMARY KEY, cash bigint NOT NULL, equity bigint NOT NULL);
CREATE TABLE positions (
  account int NOT NULL REFERENCES accounts, symbol int NOT NULL, quantity bigint NOT NULL, value bigint NOT NULL,
  PRIMARY KEY (account, symbol));
CREATE INDEX ON positions (symbol);
INSERT INTO prices SELECT s, 10000 FROM generate_series(0, ${symbols - 1}) s;
INSERT INTO accounts SELECT a, 100000000, 100000000 FROM generate_series(1, ${accounts}) a;
INSERT INTO positions SELECT a, (a * 7 + p * 3) % ${symbols}, 1 + (a * 31 + p) % 300, 0
  FROM generate_series(1, ${accounts}) a, generate_series(0, ${positions - 1}) p;
CREATE FUNCTION revalue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH moved AS (
    UPDATE positions p SET value = p.quantity * NEW.price
    FROM (SELECT account, value FROM positions WHERE symbol = NEW.symbol) was
    WHERE p.symbol = NEW.symbol AND p.account = was.account
    RETURNING p.account, p.value - was.value AS difference)
  UPDATE accounts a SET equity = a.equity + moved.difference FROM moved WHERE a.id = moved.account;
  RETURN NEW;
END $$;
CREATE TRIGGER revalued AFTER UPDATE ON prices FOR EACH ROW EXECUTE FUNCTION revalue();
ANALYZE;
`;
}

async function answers(server: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error('PostgreSQL ended before it answered');
    try {
      await ask();
      return;
    } catch {
      await sleep(limits.readinessPollMs);
    }
  }
}

/** Node drops to these before it starts the program. */
function userIds(name: string): { uid: number; gid: number } | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}
