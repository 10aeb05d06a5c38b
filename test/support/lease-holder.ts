/**
 * A process that owns partition 0 until it is killed: NATS_URL says where, LEASE_HOST on which machine it claims to be.
 * Prints `epoch <n>`, `held true` or `held false` at each change, and `fenced`.
 */
import { hasEnded, processIdentity } from '../../src/process/process-identity.ts';
import { connectNats } from '../../streams/sources/connection.ts';
import { NatsLease } from '../../streams/sources/lease.ts';
import { silentLog } from '../streams/support/silent-log.ts';

const log = silentLog();
const identity = processIdentity();
const lease = new NatsLease({
  link: await connectNats({ url: process.env['NATS_URL'] ?? '', name: 'holder', log }),
  log,
  partition: 0,
  identity: { ...identity, host: process.env['LEASE_HOST'] ?? identity.host },
  hasEnded,
  after: () => 0,
  isStillLast: () => Promise.resolve(true),
});
lease.lost.catch(() => console.log('fenced'));
console.log(`epoch ${await lease.acquire()}`);
let wasHeld: boolean | null = null;
setInterval(() => {
  if (lease.isHeld !== wasHeld) console.log(`held ${lease.isHeld}`);
  wasHeld = lease.isHeld;
}, 5);
