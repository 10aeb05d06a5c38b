/**
 * Who we are at a NATS server and whom we trust there, as its client takes it, and whether a server has refused us: one
 * way for all roles and commands. Prints none of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connect,
  credsAuthenticator,
  ErrorCode,
  NatsError,
  nkeyAuthenticator,
  type ConnectionOptions,
} from 'nats';
import { certificateFault } from '../../config/certificate-fault.ts';
import { limits } from '../../config/limits.ts';
import { Failure } from '../../src/failure.ts';

/** Texts, not paths; null: none. One of user, token, nkey and creds at most. */
export interface NatsAccess {
  readonly user: string | null;
  readonly password: string | null;
  readonly token: string | null;
  /** A seed. */
  readonly nkey: string | null;
  readonly creds: string | null;
  /** PEM. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** A server without TLS is refused. */
  readonly needsTls: boolean;
}

export function accessOptions(url: string, access: NatsAccess | undefined): ConnectionOptions {
  const servers = url.split(',').map((each) => each.trim());
  if (access === undefined) return { servers };
  const { user, password, token, nkey, creds, ca, cert, key, needsTls } = access;
  const encoder = new TextEncoder();
  return {
    servers,
    ...(user === null ? {} : { user, pass: password ?? '' }),
    ...(token === null ? {} : { token }),
    ...(nkey === null ? {} : { authenticator: nkeyAuthenticator(encoder.encode(nkey)) }),
    ...(creds === null ? {} : { authenticator: credsAuthenticator(encoder.encode(creds)) }),
    ...(needsTls
      ? {
          tls: {
            ...(ca === null ? {} : { ca }),
            ...(cert === null ? {} : { cert }),
            ...(key === null ? {} : { key }),
          },
        }
      : {}),
  };
}

/** What the server, or we, have against the connection, in a sentence; null where nobody refuses, as when it is away. */
export function refusalOf(error: unknown, url: string): Failure | null {
  const code = error instanceof NatsError ? error.code : '';
  if (error instanceof NatsError && (error.isAuthError() || error.isAuthTimeout())) {
    return new Failure(
      `NATS at ${url} refuses us (${error.message}): set nats.user and nats.password, nats.token, nats.nkey or nats.creds_file`,
    );
  }
  if (isCode(code, ErrorCode.BadAuthentication, ErrorCode.BadCreds, ErrorCode.InvalidOption)) {
    return new Failure(`nats.creds_file or nats.nkey is none that can be used (${code})`);
  }
  if (isCode(code, ErrorCode.ServerOptionNotAvailable)) {
    return new Failure(
      `NATS at ${url} has no TLS: leave nats.ca_file, nats.cert_file and tls:// out, or turn it on`,
    );
  }
  const fault = certificateFault(error) ?? (isCode(code, ErrorCode.Tls) ? 'TLS' : null);
  return fault === null
    ? null
    : new Failure(
        `NATS at ${url} and we do not trust each other (${fault}): set nats.ca_file, and where it asks for a certificate nats.cert_file and nats.key_file`,
      );
}

function isCode(code: string, ...of: readonly ErrorCode[]): boolean {
  return (of as readonly string[]).includes(code);
}

/** Addresses that have let this process in. */
const admitted = new Set<string>();

/**
 * Resolves when a server lets us in; waits while none is there. A client that waits for its first connection would go on
 * asking a server that refuses it, without a word. Throws Failure where one refuses.
 */
export async function requireAdmission(url: string, options: ConnectionOptions): Promise<void> {
  while (!admitted.has(url)) {
    try {
      const probe = await connect({ ...options, reconnect: false, noAsyncTraces: true });
      admitted.add(url);
      await probe.close();
    } catch (error) {
      const refusal = refusalOf(error, url);
      if (refusal !== null) throw refusal;
      await sleep(limits.natsReconnectWaitMs);
    }
  }
}
