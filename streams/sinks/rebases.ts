/**
 * Rebases into LEDGER, acknowledged. The same one sent again is one for the server while it remembers, and for the
 * account's ledger afterwards: its id says which correction it follows.
 */
import type { RebaseEvent } from '../../src/domain/ledger-event.ts';
import { limits } from '../../config/limits.ts';
import { rebasePayload } from '../codec/rebase-payload.ts';
import type { Link } from '../sources/connection.ts';

/** Its LEDGER sequence. Rejects while the server does not answer. */
export async function publishRebase({ nats }: Link, account: string, event: RebaseEvent): Promise<number> {
  const jetStream = nats.jetstream({ timeout: limits.natsApiMsMax });
  const { seq } = await jetStream.publish(`accounts.${account}`, rebasePayload(event), {
    msgID: `${account}.${event.id}.${event.through}`,
  });
  return seq;
}
