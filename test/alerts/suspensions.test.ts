import assert from 'node:assert/strict';
import type { Alert } from '../../src/ports.ts';
import { AlertBench, AlertStream } from '../support/alert-bench.ts';

describe('a suspended account', () => {
  let bench: AlertBench;
  let sequence = 0;
  beforeEach(() => {
    bench = new AlertBench({ eventsHaveTime: true });
    sequence = 0;
  });

  function apply(subject: string, event: object, to = bench): void {
    sequence++;
    const verdict = to.apply(subject, { id: `e${sequence}`, ...event }, sequence, sequence);
    assert.deepEqual(verdict, { applied: true });
  }
  const fill = (side: string, quantity: string, more: object = {}): void =>
    apply('settlements.7', { symbol: 'XYZ', side, quantity, price: '10', ...more });
  const admin = (type: string): void => apply('accounts.7', { type });

  /** Money is not what these tests are about. */
  const lines = (of = bench): string[] => of.stream.lines.filter((line) => line.startsWith('suspension'));
  const alerts = (): Alert[] => bench.stream.kept.filter(({ kind }) => kind === 'suspension');

  it('is told of once until it is resumed', () => {
    fill('buy', '10');
    admin('suspend');
    admin('suspend');
    admin('resume');
    admin('suspend');
    assert.deepEqual(lines(), [
      'suspension 7 2-0 raised',
      'suspension 7 2-0 cleared',
      'suspension 7 5-0 raised',
    ]);
    assert.equal(alerts()[1]!.message, 'the account is no longer suspended: active.healthy');
  });

  it('is no longer suspended once it is closed', () => {
    admin('open');
    admin('suspend');
    admin('close');
    assert.deepEqual(lines(), ['suspension 7 2-0 raised', 'suspension 7 2-0 cleared']);
  });

  for (const [what, event, isRisk] of [
    ['a fill that enlarges the position', ['buy', '1', {}], true],
    ['a fill that reduces it', ['sell', '1', {}], false],
    ['a fill that closes it', ['sell', '10', {}], false],
    ['a fill that turns it into a smaller one', ['sell', '11', {}], true],
    ['a transfer into it', ['in', '1', { type: 'transfer' }], true],
    ['a fill of another symbol', ['buy', '1', { symbol: 'ABC' }], true],
  ] as const) {
    it(`has ${what} applied, and ${isRisk ? 'alerted' : 'says nothing of it'}`, () => {
      fill('buy', '10');
      admin('suspend');
      fill(event[0], event[1], event[2]);
      const after = lines().slice(1);
      assert.deepEqual(after, isRisk ? ['suspension 7 3-0-risk raised'] : []);
      if (!isRisk) return;
      const { message, details } = alerts()[1]!;
      const kind = event[0] === 'in' ? 'transfer' : 'fill';
      assert.equal(message, `a ${kind} made the risk of the suspended account larger`);
      assert.deepEqual(details, {
        reason: 'risk_increased',
        event: kind,
        event_id: 'e3',
        sequence: 3,
        index: 0,
      });
    });
  }

  it('has a withdrawal alerted, and neither a deposit nor a dividend', () => {
    fill('buy', '10');
    admin('suspend');
    apply('cash.7', { type: 'deposit', amount: 100_000 });
    apply('cash.7', { type: 'dividend', amount: 5 });
    apply('cash.7', { type: 'withdrawal', amount: 100 });
    assert.deepEqual(
      lines().filter((line) => line.endsWith('-risk raised')),
      ['suspension 7 5-0-risk raised'],
    );
  });

  it('stays so at a restart: not told again, and cleared under the same id', async () => {
    fill('buy', '10');
    admin('suspend');
    const next = new AlertBench({ eventsHaveTime: true }, bench.stream);
    next.book.restore(bench.book.snapshot(0));
    next.book.endRestore();
    await next.recover();
    assert.deepEqual(lines(), ['suspension 7 2-0 raised']);
    apply('accounts.7', { type: 'resume' }, next);
    assert.deepEqual(lines(), ['suspension 7 2-0 raised', 'suspension 7 2-0 cleared']);
  });

  it('and suspended again is the same suspension, also where a replay begins between the two', async () => {
    fill('buy', '10');
    admin('suspend');
    const next = new AlertBench({ eventsHaveTime: true }, bench.stream);
    next.book.restore(bench.book.snapshot(0));
    next.book.endRestore();
    apply('accounts.7', { type: 'suspend' }, next);
    await next.recover();
    assert.deepEqual(lines(), ['suspension 7 2-0 raised']);
  });

  it('of which the alert was lost is told of by the next owner', async () => {
    fill('buy', '10');
    admin('suspend');
    const next = new AlertBench({ eventsHaveTime: true }, new AlertStream());
    next.book.restore(bench.book.snapshot(0));
    next.book.endRestore();
    await next.recover();
    assert.deepEqual(lines(next), ['suspension 7 2 raised']);
  });

  it('because it fails is told of once, until it takes events again', async () => {
    fill('buy', '10');
    bench.alerting.suspended('7', 2, 5);
    bench.alerting.suspended('7', 2, 6);
    assert.deepEqual(lines(), ['suspension 7 2 raised']);
    const [raised] = alerts();
    assert.deepEqual([raised!.severity, raised!.details], ['critical', { reason: 'failing', sequence: 2 }]);

    const restart = (): AlertBench => {
      const next = new AlertBench({ eventsHaveTime: true }, bench.stream);
      next.book.restore(bench.book.snapshot(0));
      next.book.endRestore();
      return next;
    };
    const failing = restart();
    failing.alerting.suspended('7', 2, 7);
    await failing.recover('7');
    assert.deepEqual(lines(), ['suspension 7 2 raised']);
    const well = restart();
    await well.recover();
    assert.deepEqual(lines(), ['suspension 7 2 raised', 'suspension 7 2 cleared']);
  });

  it('because it fails at a tick has the tick’s time in its id', () => {
    fill('buy', '10');
    bench.alerting.suspended('7', NaN, 1_760_000_000_025);
    assert.deepEqual(lines(), ['suspension 7 tick-1760000000025 raised']);
    fill('buy', '1');
    assert.equal(lines().at(-1), 'suspension 7 tick-1760000000025 cleared');
  });
});
