import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats, type TestNats } from '../support/nats.ts';
import { runTidemark } from '../support/tidemark.ts';

describe('commands without an engine', () => {
  let nats: TestNats;
  let dir: string;
  before(async () => {
    nats = await startNats();
    dir = mkdtempSync(join(tmpdir(), 'tidemark-cli-'));
  });
  after(async () => {
    await nats.stop();
    rmSync(dir, { recursive: true });
  });
  const run = (...args: string[]) => runTidemark(args, { TIDEMARK_NATS_URL: nats.url });

  it('name the keys to change where there is no NATS', async () => {
    const { code, stdout, stderr } = await runTidemark(['accounts'], { TIDEMARK_NATS_PORT: '1' });
    assert.deepEqual(
      [code, stdout, stderr],
      [
        1,
        '',
        'tidemark: NATS does not answer at nats://127.0.0.1:1: start it with `tidemark up`, or set nats.url or nats.port\n',
      ],
    );
  });

  const unanswered: readonly string[][] = [
    ['accounts'],
    ['inspect', '7'],
    ['settle', '7', '--symbol', 'A', '--side', 'buy', '--quantity', '1', '--price', '1', '--wait'],
  ];
  for (const args of unanswered) {
    it(`say of ${args[0]!} that no engine answers`, async () => {
      const { code, stdout, stderr } = await run(...args);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^tidemark: no engine answers on NATS at .*tidemark run engine`\n$/);
    });
  }

  it('do not guess the currency of an account', async () => {
    const { code, stderr } = await run('deposit', '7', '1000.00');
    assert.deepEqual(
      [code, stderr],
      [2, 'tidemark: the engine does not answer what currency account 7 has: give --currency\n'],
    );
  });

  it('say that no stream keeps what is written', async () => {
    const { code, stderr } = await run('deposit', '7', '1000.00', '--currency', 'USD', '--no-wait');
    assert.equal(code, 1);
    assert.match(stderr, /^tidemark: no stream at .* keeps cash\.7: /);
  });

  it('do not begin an import that nobody would take', async () => {
    const imports = [
      ['prices', 'symbol,price\nIBM,1\n', /nobody listens to prices/],
      ['cash', 'account,type,amount\n7,deposit,1\n', /no stream at .* keeps cash/],
      ['trades', 'symbol,price,quantity,buyer,seller\nIBM,1,1,7,8\n', /no stream at .* keeps trades/],
    ] as const;
    for (const [kind, csv, message] of imports) {
      const path = join(dir, `${kind}.csv`);
      writeFileSync(path, csv);
      const { code, stderr } = await run('import', path, '--as', kind);
      assert.equal(code, 1);
      assert.match(stderr, message);
    }
  });

  it('say that nobody listens to a price', async () => {
    const { code, stderr } = await run('price', 'IBM', '1');
    assert.equal(code, 1);
    assert.match(stderr, /^tidemark: nobody listens to prices\.IBM at /);
  });

  it('find no dead letters where there is no stream of them', async () => {
    assert.deepEqual(JSON.parse((await run('dead-letters', '--json')).stdout), []);
  });

  it('exit with 2 for a wrong call, with nothing on stdout', async () => {
    for (const args of [['inspect'], ['deposit', '7', '1.255', '--currency', 'USD']]) {
      const { code, stdout, stderr } = await run(...args);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.notEqual(stderr, '');
    }
  });
});
