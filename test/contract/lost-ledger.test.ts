/**
 * An installation whose LEDGER is no longer the one that everything else was made of: `tidemark up` ends with exit code 1
 * and a sentence that says what is lost, and changes nothing.
 */
import assert from 'node:assert/strict';
import { connect, headers, type JetStreamManager, type NatsConnection } from 'nats';
import { ledgerDefinition } from '../../streams/sources/stream-definitions.ts';
import { startNats, type TestNats } from '../support/nats.ts';
import { runTidemark, startUp, testInstallation, type TestInstallation } from '../support/tidemark.ts';
import { until } from '../support/until.ts';

describe('an installation without the LEDGER it was made of', function () {
  this.timeout(120_000);
  let nats: TestNats;
  let connection: NatsConnection;
  let manager: JetStreamManager;
  let installation: TestInstallation;

  const deposit = async (to: NatsConnection, id: string): Promise<number> =>
    (await to.jetstream().publish('cash.a', JSON.stringify({ id, type: 'deposit', amount: 100 }))).seq;
  const envOf = ({ url }: TestNats): Record<string, string> => ({
    ...installation.env,
    TIDEMARK_NATS_URL: url,
    TIDEMARK_LOG_LEVEL: 'warn',
  });
  /** Of the checkpoint there is: the LEDGER sequence that it vouches for, and that LEDGER's creation. */
  const checkpoint = async (of: JetStreamManager): Promise<{ sequence: number; ledger_created: string }> => {
    const stored = await of.streams.getMessage('KV_ACCOUNTS', { last_by_subj: '$KV.ACCOUNTS.checkpoint.0' });
    return stored.json();
  };
  /** What `tidemark up` says when it refuses. */
  const refusal = async (server: TestNats): Promise<string> => {
    const { code, stdout, stderr } = await runTidemark(['up', '--json'], envOf(server));
    assert.equal(code, 1, stdout + stderr);
    return stderr;
  };

  before(async () => {
    [nats, installation] = await Promise.all([startNats(), testInstallation()]);
    connection = await connect({ servers: nats.url });
    manager = await connection.jetstreamManager();
    const up = await startUp(envOf(nats));
    for (let id = 1; id <= 5; id++) await deposit(connection, `d${id}`);
    await until(
      async () => {
        const stats = await connection.request('tidemark.stats', '{}', { timeout: 1_000 });
        return stats.json<{ ledger_sequence: number }>().ledger_sequence === 5;
      },
      { what: 'five deposits to be applied', timeoutMs: 30_000 },
    );
    up.process.kill('SIGTERM');
    assert.equal(await up.ended, 0);
    assert.equal((await checkpoint(manager)).sequence, 5);
  });

  after(async () => {
    await connection.close();
    await nats.stop();
    installation.remove();
  });

  it('is refused where the changelog is of another cluster', async () => {
    const other = await startNats();
    const there = await connect({ servers: other.url });
    const managerThere = await there.jetstreamManager();
    await managerThere.streams.add(ledgerDefinition);
    for (let id = 1; id <= 5; id++) await deposit(there, `d${id}`);
    await there.jetstream().views.kv('ACCOUNTS', { history: 1 });
    const { state } = await manager.streams.info('KV_ACCOUNTS');
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage('KV_ACCOUNTS', { seq }).catch(() => null);
      if (message === null) continue;
      const copied = headers();
      for (const [name, values] of message.header) for (const value of values) copied.append(name, value);
      copied.delete('Nats-Expected-Last-Subject-Sequence');
      await there.jetstream().publish(message.subject, message.data, { headers: copied });
    }
    const said = await refusal(other);
    await there.close();
    await other.stop();
    const { ledger_created: created } = await checkpoint(manager);
    assert.match(said, /LEDGER was created at .*, but the changelog is of a LEDGER created at /);
    assert.ok(said.includes(created), said);
    assert.match(said, /messages 1 to 5 are lost, or this is the changelog of another cluster/);
  });

  it('is refused where its start was cut away, beyond the checkpoint', async () => {
    for (let id = 6; id <= 9; id++) await deposit(connection, `d${id}`);
    await manager.streams.purge('LEDGER', { seq: 8 });
    assert.match(
      await refusal(nats),
      /LEDGER begins at 8, but the checkpoint is at 5: its messages 6 to 7 are lost/,
    );
    assert.equal((await checkpoint(manager)).sequence, 5);
  });

  it('is refused where it was made anew', async () => {
    await manager.streams.delete('LEDGER');
    await manager.streams.add(ledgerDefinition);
    for (let id = 1; id <= 7; id++) await deposit(connection, `d${id}`);
    const said = await refusal(nats);
    assert.match(said, /LEDGER was created at .*its messages 1 to 5 are lost/);
    assert.match(
      said,
      /Restore that stream, or remove the bucket ACCOUNTS and the streams EFFECTS and FRAMES/,
    );
    assert.equal((await checkpoint(manager)).sequence, 5);
  });
});
