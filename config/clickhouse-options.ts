/** Where ClickHouse is, as its client takes it: one way for whoever speaks to it. Knows no statement. */

export interface ClickHouseAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Certificates that the one of an https url is trusted by, PEM; without, those of Node. */
  readonly ca?: string | null;
}

export interface ClickHouseOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  readonly tls?: { readonly ca_cert: Buffer };
}

export function clickHouseOptions({
  url,
  user,
  password,
  database,
  ca = null,
}: ClickHouseAccess): ClickHouseOptions {
  const options = { url, username: user, password, database };
  return ca === null ? options : { ...options, tls: { ca_cert: Buffer.from(ca) } };
}
