/** Credentials that contradict each other, or are for a server that asks for none. Shows no value: it may be a secret. */
import { isRecord, type Problem } from './kind.ts';

/** Each is a way to say who we are. */
const ways = ['user', 'token', 'nkey', 'creds_file'];
const tls = ['ca_file', 'cert_file', 'key_file'];

export function credentialsOf(nats: unknown, clickhouse: unknown): Problem[] {
  const found: Problem[] = [];
  const problem = (key: string, allowed: string): void =>
    void found.push({ key, value: '(hidden)', allowed });
  if (isRecord(nats)) {
    const isGiven = (name: string): boolean =>
      nats[name] !== null && nats[name] !== undefined && nats[name] !== '';
    const given = ways.filter(isGiven);
    for (const way of given.slice(1)) problem(`nats.${way}`, `null, since nats.${given[0] ?? ''} is given`);
    if (isGiven('password') && !isGiven('user')) problem('nats.password', 'nothing without nats.user');
    if (isGiven('cert_file') !== isGiven('key_file')) {
      problem('nats.cert_file', 'a certificate together with nats.key_file');
    }
    const first = [...ways, ...tls].find(isGiven);
    if (nats['url'] === null && first !== undefined) {
      problem(`nats.${first}`, 'null, since without nats.url our own nats-server asks for none');
    }
  }
  if (isRecord(clickhouse)) {
    const { url, ca_file } = clickhouse;
    const isHttps = typeof url === 'string' && url.startsWith('https:');
    if (typeof ca_file === 'string' && !isHttps) {
      problem('clickhouse.ca_file', 'null, since clickhouse.url is not https://');
    }
  }
  return found;
}
