/**
 * A NATS of operator mode for tests: an operator, an account with JetStream, and users of it, by the JWTs that `nsc` would
 * make. Knows no server.
 */
import { createHash } from 'node:crypto';
import { nkeys } from 'nats';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const noLimits = { subs: -1, data: -1, payload: -1 };
const accountLimits = {
  ...noLimits,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
  mem_storage: -1,
  disk_storage: -1,
  streams: -1,
  consumer: -1,
};

interface KeyPair {
  getPublicKey(): string;
  getSeed(): Uint8Array;
  sign(data: Uint8Array): Uint8Array;
}

/** The client hands its package of keys on without types. */
const keys = nkeys as {
  createOperator(): KeyPair;
  createAccount(): KeyPair;
  createUser(): KeyPair;
};

export function natsUser(): { readonly publicKey: string; readonly seed: string } {
  const user = keys.createUser();
  return { publicKey: user.getPublicKey(), seed: text(user.getSeed()) };
}

function signed(issuer: KeyPair, subject: KeyPair, name: string, nats: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name,
    nats: { ...nats, version: 2 },
  };
  const jti = createHash('sha256').update(JSON.stringify(claims)).digest('hex');
  const head = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part({ ...claims, jti })}`;
  return `${head}.${Buffer.from(issuer.sign(Buffer.from(head))).toString('base64url')}`;
}

export interface NatsOperator {
  /** Of a server that trusts it. */
  readonly configuration: string;
  /** The text of a credentials file of a new user. */
  credentials(): string;
}

export function natsOperator(): NatsOperator {
  const [operator, account, system] = [keys.createOperator(), keys.createAccount(), keys.createAccount()];
  const operatorJwt = signed(operator, operator, 'operator', {
    type: 'operator',
    system_account: system.getPublicKey(),
  });
  const accountJwt = signed(operator, account, 'account', { type: 'account', limits: accountLimits });
  const systemJwt = signed(operator, system, 'system', { type: 'account', limits: { ...accountLimits, mem_storage: 0, disk_storage: 0, streams: 0, consumer: 0 } }); // prettier-ignore
  return {
    configuration: `
operator: ${operatorJwt}
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: {
  ${account.getPublicKey()}: ${accountJwt}
  ${system.getPublicKey()}: ${systemJwt}
}
`,
    credentials() {
      const user = keys.createUser();
      const jwt = signed(account, user, 'user', { type: 'user', ...noLimits });
      return `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${text(user.getSeed())}
------END USER NKEY SEED------
`;
    },
  };
}
