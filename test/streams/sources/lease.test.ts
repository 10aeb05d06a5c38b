import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nanos } from 'nats';
import { limits } from '../../../config/limits.ts';
import { Fenced } from '../../../src/ports.ts';
import { hasEnded, processIdentity } from '../../../src/process/process-identity.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { LeaseKey } from '../../../streams/sources/lease-key.ts';
import { NatsLease, type LeaseOptions } from '../../../streams/sources/lease.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { leasesDefinition } from '../../../streams/sources/stream-definitions.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';
import { silentLog } from '../support/silent-log.ts';

const holderFile = fileURLToPath(new URL('../../support/lease-holder.ts', import.meta.url));
/** What an owner that is gone may cost. */
const takeoverMsMax = 3_000;
const subject = '$KV.LEASES.0';

describe('the lease of a partition', () => {
  let nats: TestNats;
  let link: Link;
  let other: Link;
  let key: LeaseKey;
  let open: { lease: NatsLease; lostWith: unknown }[] = [];
  let children: ChildProcess[] = [];
  const log = silentLog();

  beforeEach(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'engine', log });
    other = await connectNats({ url: nats.url, name: 'standby', log });
    key = new LeaseKey(link.nats, 0);
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const { lease } of open) await lease.release();
    [open, children] = [[], []];
    await link.close();
    await other.close();
    await nats.stop();
  });

  function make(options: Partial<LeaseOptions> = {}): NatsLease {
    const lease = new NatsLease({
      link,
      log,
      partition: 0,
      identity: processIdentity(),
      hasEnded,
      after: () => 0,
      isStillLast: () => Promise.resolve(true),
      ...options,
    });
    const entry = { lease, lostWith: null as unknown };
    lease.lost.catch((error: unknown) => (entry.lostWith = error));
    open.push(entry);
    return lease;
  }

  function lossOf(lease: NatsLease): unknown {
    return open.find((each) => each.lease === lease)?.lostWith;
  }

  /** The epoch, once there is one. */
  function waiting(lease: NatsLease): { epoch: number | null } {
    const result = { epoch: null as number | null };
    void lease.acquire().then(
      (epoch) => (result.epoch = epoch),
      () => undefined,
    );
    return result;
  }

  async function holder(host?: string): Promise<{ child: ChildProcess; lines: string[]; epoch: number }> {
    const child = spawn(process.execPath, ['--import', 'tsx', holderFile], {
      env: { ...process.env, NATS_URL: nats.url, ...(host === undefined ? {} : { LEASE_HOST: host }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => void lines.push(line));
    await until(() => lines.includes('held true'), { what: 'a process that owns the partition' });
    return { child, lines, epoch: Number(lines[0]?.split(' ')[1]) };
  }

  async function kill(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async function revision(): Promise<number> {
    return (await key.read())?.revision ?? 0;
  }

  it('is had by one process; a second gets it as soon as it is released, with a larger epoch', async () => {
    const first = make();
    const epoch = await first.acquire();
    assert.equal(first.isHeld, true);
    let looks = 0;
    const second = make({ link: other, hasEnded: () => ++looks < 0 });
    const wait = waiting(second);
    await until(() => looks > 2, { what: 'looks at a lease that another has' });
    assert.equal(wait.epoch, null);
    assert.equal(second.isHeld, false);
    await first.release();
    assert.equal(first.isHeld, false);
    const next = await until(() => wait.epoch, { what: 'the second', timeoutMs: limits.leaseTtlMs / 2 });
    assert.ok(next > epoch);
    assert.equal(second.isHeld, true);
    assert.equal(lossOf(first), null);
  });

  it('lasts as long as its owner renews it', async () => {
    const first = make();
    const epoch = await first.acquire();
    const wait = waiting(make({ link: other }));
    const renewals = Math.ceil((2 * limits.leaseTtlMs) / limits.leaseRenewMs);
    await until(async () => (await revision()) >= epoch + renewals, { what: `${renewals} renewals` });
    assert.equal(first.isHeld, true);
    assert.equal(wait.epoch, null);
  });

  it('goes to exactly one of two that want it at the same moment', async () => {
    let last = 0;
    for (let round = 0; round < 20; round++) {
      let looks = 0;
      const contenders = [link, other].map((each) => make({ link: each, hasEnded: () => ++looks < 0 }));
      const waits = contenders.map(waiting);
      await until(() => waits.some(({ epoch }) => epoch !== null) && looks > 0, { what: 'one, and a look' });
      assert.deepEqual(contenders.map(({ isHeld }) => isHeld).toSorted(), [false, true]);
      const winner = contenders.findIndex(({ isHeld }) => isHeld);
      const epoch = waits[winner]?.epoch ?? 0;
      assert.ok(epoch > last);
      last = epoch;
      for (const each of contenders) await each.release();
    }
  });

  it('is taken at once from a process of this machine that was killed', async () => {
    const { child, epoch } = await holder();
    const wait = waiting(make());
    await kill(child);
    const next = await until(() => wait.epoch, { what: 'the lease', timeoutMs: limits.leaseTtlMs / 2 });
    assert.ok(next > epoch);
  });

  it('of a process of another machine that was killed is free within 3 s', async () => {
    const { child, epoch } = await holder('elsewhere');
    const wait = waiting(make());
    await kill(child);
    const next = await until(() => wait.epoch, { what: 'the lease', timeoutMs: takeoverMsMax });
    assert.ok(next > epoch);
  });

  it('is not held by a process that was stopped until another had it, as soon as it goes on', async () => {
    const { child, lines } = await holder();
    const wait = waiting(make());
    child.kill('SIGSTOP');
    await until(() => wait.epoch, { what: 'the lease', timeoutMs: takeoverMsMax });
    child.kill('SIGCONT');
    await until(() => lines.includes('fenced'), { what: 'the former owner to notice' });
    // Which of the two it prints first depends on which of its timers is first.
    assert.equal(lines[1], 'held true');
    assert.ok(!lines.slice(2).includes('held true'), lines.join());
  });

  it('is not held after a pause of the clock, and is lost once another has it', async () => {
    let ahead = 0;
    const first = make({ now: () => performance.now() + ahead });
    await first.acquire();
    ahead = limits.leaseTtlMs - limits.leaseMarginMs;
    assert.equal(first.isHeld, false);
    const second = make({ link: other, hasEnded: () => true });
    await second.acquire();
    await assert.rejects(first.lost, Fenced);
    assert.equal(first.isHeld, false);
    await first.release();
    assert.equal(second.isHeld, true);
  });

  it('is not lost by a renewal of which the answer was', async () => {
    const first = make();
    const epoch = await first.acquire();
    const { data } = await (
      await managerOf(other.nats)
    ).streams.getMessage(leasesDefinition.name, { last_by_subj: subject });
    const { seq } = await other.nats.jetstream().publish(subject, data);
    await until(async () => (await revision()) > seq + 1, { what: 'renewals beyond it' });
    assert.ok(seq > epoch);
    assert.equal(first.isHeld, true);
    assert.equal(lossOf(first), null);
  });

  it('outlives a restart of nats-server that is shorter than itself', async () => {
    const first = make();
    await first.acquire();
    const owner = (await key.read())?.record?.owner;
    const reconnected = new Promise<void>((resolve) => link.onReconnect(resolve));
    await nats.kill();
    await nats.restart();
    await reconnected;
    const before = await revision();
    await until(async () => (await revision()) > before && first.isHeld, { what: 'a renewal' });
    assert.equal((await key.read())?.record?.owner, owner);
    assert.equal(lossOf(first), null);
  });

  /** A restart of nats-server during which the key becomes too old. */
  async function longRestart(lease: NatsLease): Promise<void> {
    await nats.kill();
    const killedAt = performance.now();
    await until(() => performance.now() - killedAt > limits.leaseTtlMs, { what: 'the age of the key' });
    assert.equal(lease.isHeld, false);
    await nats.restart();
  }

  it('that expired while NATS was away is held again if nobody has written since', async () => {
    let asked = 0;
    let wasHeld = false;
    const first: NatsLease = make({
      isStillLast: () => {
        asked++;
        wasHeld ||= first.isHeld;
        // The first answer is lost.
        return asked === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve(true);
      },
    });
    await first.acquire();
    await longRestart(first);
    await until(() => first.isHeld, { what: 'the lease to be held again' });
    assert.equal(asked, 2);
    assert.equal(wasHeld, false, 'not before the answer');
    assert.equal(lossOf(first), null);
  });

  it('that expired while NATS was away is lost if somebody has written since, and free for others', async () => {
    const first = make({ isStillLast: () => Promise.resolve(false) });
    await first.acquire();
    await longRestart(first);
    await assert.rejects(first.lost, Fenced);
    assert.equal(first.isHeld, false);
    await until(async () => (await key.read())?.record?.released, { what: 'a lease that is given back' });
    await make({ link: other }).acquire();
  });

  it('has a larger epoch than anything durable, also in a bucket that was made again', async () => {
    const first = make();
    await first.acquire();
    await first.release();
    await (await managerOf(link.nats)).streams.delete(leasesDefinition.name);
    const durable = 5_000_000;
    const second = make({ after: () => Promise.resolve(durable) });
    assert.equal(await second.acquire(), durable + 1);
    assert.equal(second.isHeld, true);
    await second.release();
    const third = await make({ after: () => durable }).acquire();
    assert.ok(third > durable + 1);
  });

  it('is held again in a bucket that was deleted under its owner', async () => {
    const first = make();
    await first.acquire();
    await (await managerOf(link.nats)).streams.delete(leasesDefinition.name);
    await until(async () => (await revision()) > 0 && first.isHeld, { what: 'a new key' });
    assert.equal(lossOf(first), null);
  });

  it('that nothing makes expire, and nobody can read, is taken when it has not changed for its time', async () => {
    const { streams } = await managerOf(link.nats);
    await streams.add({ ...leasesDefinition, max_age: 0 });
    await link.nats.jetstream().publish(subject, 'not a lease');
    const wait = waiting(make());
    await until(() => wait.epoch, { what: 'the lease', timeoutMs: takeoverMsMax });
  });

  it('is refused by a bucket that forgets sooner than its owner believes', async () => {
    const { streams } = await managerOf(link.nats);
    await streams.add({ ...leasesDefinition, max_age: nanos(500), duplicate_window: nanos(500) });
    await assert.rejects(make().acquire(), /LEASES forgets its keys after 500 ms.*delete the bucket/);
  });

  it('that is waited for can be given up, and one can be released while NATS is away', async () => {
    const first = make();
    await first.acquire();
    const second = make({ link: other });
    const refused = assert.rejects(second.acquire(), /released while it was waited for/);
    await second.release();
    await refused;
    await nats.kill();
    await first.release();
    assert.equal(first.isHeld, false);
  });
});
