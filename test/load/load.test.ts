import assert from 'node:assert/strict';
import {
  runTidemark,
  startUp,
  testInstallation,
  type TestInstallation,
  type Tidemark,
} from '../support/tidemark.ts';

const small = [
  '--accounts',
  '20',
  '--positions',
  '5',
  '--symbols',
  '10',
  '--settlements',
  '50',
  '--warmup',
  '1',
];

describe('tidemark load', function () {
  this.timeout(180_000);

  it('starts an installation, drives it, and finds every account to the cent in NATS and in ClickHouse', async () => {
    const { code, stdout, stderr } = await runTidemark([
      'load',
      '--rate',
      '2000',
      '--seconds',
      '2',
      ...small,
    ]);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /20 of 20 accounts agree to the cent; 0 lost, 0 doubled/);
    assert.match(stdout, /price published -> equity received/);
    assert.match(stderr, /measuring 2\/2 s/);
  });

  describe('over an installation that runs', () => {
    let installation: TestInstallation;
    let up: Tidemark;

    before(async () => {
      installation = await testInstallation();
      up = await startUp(installation.env);
    });

    after(async () => {
      up.process.kill('SIGTERM');
      await up.ended;
      installation.remove();
    });

    const load = (...options: string[]) =>
      runTidemark(
        [
          'load',
          '--json',
          '--url',
          `nats://127.0.0.1:${installation.natsPort}`,
          '--seconds',
          '1',
          ...small,
          ...options,
        ],
        installation.env,
      );

    it('reports what was asked for, sent, received and found', async () => {
      const { code, stdout, stderr } = await load('--rate', '1000');
      assert.equal(code, 0, stdout + stderr);
      const report = JSON.parse(stdout) as {
        pricesSent: number;
        settlementsSent: number;
        messagesReceived: number;
        latency: { count: number; unseen: number; ms: Record<string, number> };
        verdict: { agreeing: number; accounts: number; lost: number; doubled: number };
      };
      assert.deepEqual(
        { ...report.verdict, differences: [] },
        { agreeing: 20, accounts: 20, lost: 0, doubled: 0, differences: [] },
      );
      assert.ok(report.pricesSent > 1000 && report.settlementsSent > 100 && report.messagesReceived > 20);
      assert.ok(report.latency.count > 0);
      assert.equal(report.latency.unseen, 0);
      assert.ok((report.latency.ms['50'] ?? 0) > 0);
    });

    it('fails, and says where, when the oracle knows of a settlement that never came', async () => {
      const { code, stdout } = await load('--rate', '500', '--plant', 'lost');
      assert.equal(code, 1);
      const { verdict } = JSON.parse(stdout) as {
        verdict: { agreeing: number; lost: number; differences: { where: string }[] };
      };
      assert.equal(verdict.agreeing, 19);
      assert.equal(verdict.lost, 1);
      assert.deepEqual([...new Set(verdict.differences.map(({ where }) => where.split(' ')[0]))].sort(), [
        'curve',
        'equity',
        'inspect',
        'settlements',
      ]);
    });
  });
});
