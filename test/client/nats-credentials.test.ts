/**
 * Who we are at NATS, by every way of the configuration, against servers that ask for it: the door of the commands and of
 * the gateway, and the connection of the roles. Who is refused is told so in a sentence without a secret.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig, type Config } from '../../config/load.ts';
import { natsAccess, natsUrl } from '../../src/addresses.ts';
import { connectNats } from '../../src/client/nats.ts';
import { Failure } from '../../src/failure.ts';
import { quietLog } from '../../src/quiet-log.ts';
import { connectNats as connectRole } from '../../streams/sources/connection.ts';
import { natsOperator, natsUser } from '../support/nats-jwt.ts';
import { startNats } from '../support/nats.ts';

const tls = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const serverTls = `tls { cert_file: "${tls('server.pem')}", key_file: "${tls('server.key')}" }`;
const clientTls = `tls { cert_file: "${tls('server.pem')}", key_file: "${tls('server.key')}", ca_file: "${tls('ca.pem')}", verify: true }`;
const own = { ca_file: tls('ca.pem'), cert_file: tls('client.pem'), key_file: tls('client.key') };

/** Keys of `nats` in the configuration. */
type Keys = Readonly<Record<string, string>>;

interface Case {
  readonly what: string;
  readonly server: string;
  readonly good: Keys;
  readonly wrong: readonly (readonly [keys: Keys, told: RegExp])[];
}

describe('credentials for NATS', function () {
  this.timeout(30_000);
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-creds-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const file = (name: string, content: string): string => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };

  const user = natsUser();
  const [operator, stranger] = [natsOperator(), natsOperator()];
  const refused =
    /refuses us \(.*\): set nats\.user and nats\.password, nats\.token, nats\.nkey or nats\.creds_file$/;
  const mistrusted = /do not trust each other \(.+\): set nats\.ca_file/;
  const cases: readonly Case[] = [
    {
      what: 'a user and its password',
      server: 'authorization { user: tide, password: "hush hush" }',
      good: { user: 'tide', password: 'hush hush' },
      wrong: [
        [{ user: 'tide', password: 'hush-wrong' }, refused],
        [{}, refused],
      ],
    },
    {
      what: 'a token',
      server: 'authorization { token: "hush-token" }',
      good: { token: 'hush-token' },
      wrong: [[{ token: 'hush-wrong' }, refused]],
    },
    {
      what: 'an nkey',
      server: `authorization { users: [{ nkey: ${user.publicKey} }] }`,
      good: { nkey: user.seed },
      wrong: [[{ nkey: natsUser().seed }, refused]],
    },
    {
      what: 'a credentials file',
      server: operator.configuration,
      good: { creds_file: file('good.creds', operator.credentials()) },
      wrong: [
        [{ creds_file: file('stranger.creds', stranger.credentials()) }, refused],
        [{ creds_file: file('none.creds', 'hush, no credentials') }, /nats\.creds_file or nats\.nkey is none/],
        [{ creds_file: join(dir, 'missing.creds') }, /^nats\.creds_file: \S+missing\.creds cannot be read \(ENOENT\)$/],
      ],
    },
    {
      what: 'a CA that the server is trusted by',
      server: serverTls,
      good: { ca_file: tls('ca.pem') },
      wrong: [
        [{ ca_file: tls('other-ca.pem') }, mistrusted],
        [{}, mistrusted],
      ],
    },
    {
      what: 'a certificate of our own',
      server: clientTls,
      good: own,
      wrong: [[{ ca_file: tls('ca.pem') }, mistrusted]],
    },
    {
      what: 'no TLS where TLS is wanted',
      server: '',
      good: {},
      wrong: [[{ ca_file: tls('ca.pem') }, /has no TLS: leave nats\.ca_file/]],
    },
  ]; // prettier-ignore

  for (const { what, server, good, wrong } of cases) {
    it(`${what}: lets us in, and nothing else does`, async () => {
      const nats = await startNats(server);
      const configOf = (keys: Keys): Config =>
        loadConfig({ env: { TIDEMARK_NATS_URL: nats.url, ...variables(keys) } });
      try {
        for (const [keys, told] of wrong) {
          const config = configOf(keys);
          for (const failure of [await failureOf(connectNats(config)), await failureOf(role(config))]) {
            assert.match(failure, told);
            assert.doesNotMatch(failure, /hush|SU[A-Z2-7]{20}/);
          }
        }
        const config = configOf(good);
        const door = await connectNats(config);
        assert.equal(await door.range('LEDGER'), null);
        await door.close();
        await (await role(config)).close();
      } finally {
        await nats.stop();
      }
    });
  }

  function role(config: Config): ReturnType<typeof connectRole> {
    // Read at once: a file that is missing is told like what the server says.
    return Promise.resolve().then(() =>
      connectRole({ url: natsUrl(config), access: natsAccess(config), name: 'test', log: quietLog }),
    );
  }
});

function variables(keys: Keys): Record<string, string> {
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [`TIDEMARK_NATS_${key.toUpperCase()}`, value]),
  );
}

async function failureOf(action: Promise<{ close(): Promise<void> }>): Promise<string> {
  try {
    await (await action).close();
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error.message;
  }
  return assert.fail('we were let in');
}
