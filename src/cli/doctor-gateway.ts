/**
 * What `doctor` looks at of the gateway: whether it answers, for this version and whoever may ask; and whether alerts
 * reach their receivers. Knows nothing of how that is shown.
 */
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { gatewayUrl } from '../addresses.ts';
import { alertsWaitingFor, receiverName } from '../client/alert-deliveries.ts';
import { withNats } from '../client/nats.ts';
import { Failure } from '../failure.ts';
import type { Check } from './doctor-checks.ts';
import { countText } from './format.ts';
import { version } from '../version.ts';

interface Health {
  readonly status: string;
  readonly version?: string;
  readonly parts: Readonly<Record<string, { readonly state: string }>>;
}

export function gatewayChecks(config: Config): Check[] {
  const hasReceivers = config.webhooks.length > 0;
  return [
    { name: 'gateway', run: () => gateway(config) },
    ...(hasReceivers ? [{ name: 'webhooks', needs: 'NATS', run: () => webhooks(config) }] : []),
  ];
}

async function gateway(config: Config): Promise<string> {
  const url = gatewayUrl(config);
  const health = await healthAt(url);
  const { version: theirs = 'unknown', status, parts } = health;
  if (theirs !== version) {
    throw new Failure(`${url} is version ${theirs}, and this is ${version}: start it anew`);
  }
  const told = Object.entries(parts).map(([name, { state }]) => `${name} ${state}`);
  if (status !== 'ok') throw new Failure(`${url} is ${status}: ${told.join(', ')}`);
  const { mode } = config.auth;
  const auth = mode === 'none' ? 'without tokens, on loopback' : `tokens by ${mode}`;
  return `${url}, ${status}, version ${theirs}, ${auth}`;
}

async function healthAt(url: string): Promise<Health> {
  try {
    const signal = AbortSignal.timeout(limits.doctorCheckMsMax);
    const answer = await fetch(`${url}/api/v1/health`, { redirect: 'manual', signal });
    const health = (await answer.json()) as Partial<Health>;
    if (health.status !== undefined && health.parts !== undefined) return health as Health;
  } catch {
    throw new Failure(`nobody answers at ${url}: start it with \`tidemark up\` or \`tidemark run gateway\``);
  }
  throw new Failure(`${url} is taken by another program: set http.port to a free port`);
}

/** Alerts that wait for receivers; one that falls behind is down, or refuses them. */
function webhooks(config: Config): Promise<string> {
  return withNats(config, async (nats) => {
    const told: string[] = [];
    for (const { url } of config.webhooks) {
      const waiting = await alertsWaitingFor(nats, url);
      const name = receiverName(url);
      if (waiting !== null && waiting > limits.doctorAlertsWaitingMax) {
        throw new Failure(`${countText(waiting)} alerts wait for ${name}: see the log of the gateway`);
      }
      told.push(`${name} ${waiting === null ? 'has had nothing yet' : `${countText(waiting)} waiting`}`);
    }
    return told.join(', ');
  });
}
