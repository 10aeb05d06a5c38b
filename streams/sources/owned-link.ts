/**
 * A connection on which only the owner of a partition publishes: it counts as down while the lease is not held. What was
 * to be published then waits, as while NATS is away, and a process that was stopped and replaced says nothing more.
 */
import type { Lease } from '../../src/ports.ts';
import type { Link } from './connection.ts';

export function ownedLink(link: Link, lease: Pick<Lease, 'isHeld'>): Link {
  return {
    nats: link.nats,
    get isUp() {
      return link.isUp && lease.isHeld;
    },
    onReconnect: (action) => link.onReconnect(action),
    close: () => link.close(),
  };
}
