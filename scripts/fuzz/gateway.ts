/** Sends hostile requests to a gateway, a bounded number at once, and says which of them were answered as none may be. */
import { Random } from '../../src/random.ts';
import type { GatewayClient } from '../../test/support/gateway-client.ts';
import { hostileRequest, type HostileRequest } from './hostile-request.ts';

export interface FuzzReport {
  readonly requests: number;
  /** How often each status came. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  /** Answered by a fault of the gateway's own, without the name of a problem, or not at all. */
  readonly failures: readonly string[];
}

/** Statuses above 500 that are no fault: not built, a part that is away or overtaxed, a question that takes too long. */
const allowed = [501, 503, 504];

export async function fuzzGateway(
  client: GatewayClient,
  { requests, seed, atOnce }: { readonly requests: number; readonly seed: number; readonly atOnce: number },
): Promise<FuzzReport> {
  const operations = await client.operations();
  const random = new Random(seed);
  const statuses: Record<string, number> = {};
  const failures: string[] = [];
  let left = requests;
  let slowestMs = 0;
  const sender = async (): Promise<void> => {
    while (left-- > 0) {
      const request = hostileRequest(random, operations);
      const begun = performance.now();
      const outcome = await send(client, request);
      slowestMs = Math.max(slowestMs, performance.now() - begun);
      statuses[outcome.status] = (statuses[outcome.status] ?? 0) + 1;
      if (outcome.fault !== null) failures.push(`${request.method} ${request.path}: ${outcome.fault}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  return { requests, statuses, slowestMs: Math.round(slowestMs), failures };
}

async function send(
  client: GatewayClient,
  { method, path, headers, body }: HostileRequest,
): Promise<{ status: number; fault: string | null }> {
  try {
    const { status, headers: answered, text } = await client.send(method, path, body, headers);
    if (status >= 500 && !allowed.includes(status)) return { status, fault: `${status} ${text}` };
    const isNamed = answered.get('content-type')?.startsWith('application/problem+json') === true;
    const needsName = status >= 400 && method !== 'HEAD' && !path.startsWith('/api/v1/health');
    return { status, fault: needsName && !isNamed ? `${status} without a problem: ${text}` : null };
  } catch (error) {
    // What the client itself does not send is no request.
    if (error instanceof TypeError && error.cause === undefined) return { status: 0, fault: null };
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
    return { status: 0, fault: `${String(error)}${cause}` };
  }
}
