import assert from 'node:assert/strict';
import { limits } from '../../config/limits.ts';
import { RowsWaiting } from '../../src/alerts/rows-waiting.ts';
import type { Alert } from '../../src/ports.ts';

describe('rows that cannot be written', () => {
  let now: number;
  let published: Alert[];
  const lines = (): string[] => published.map(({ kind, id, state }) => `${kind} ${id} ${state}`);
  const sink = (): RowsWaiting =>
    new RowsWaiting({ publish: (alert) => void published.push(alert) }, { now: () => now });

  beforeEach(() => {
    now = 1_000;
    published = [];
  });

  it('are told of once when that lasts, with the reason, and once when they are taken again', () => {
    const rows = sink();
    rows.failed('no connection');
    now += limits.sinkWaitingAlertMs;
    rows.failed('NOT_ENOUGH_SPACE (243): no space left');
    rows.failed('NOT_ENOUGH_SPACE (243): no space left');
    assert.deepEqual(lines(), ['rows_waiting rows-1000 raised']);
    assert.match(published[0]?.message ?? '', /NOT_ENOUGH_SPACE/);
    rows.written();
    rows.written();
    assert.deepEqual(lines(), ['rows_waiting rows-1000 raised', 'rows_waiting rows-1000 cleared']);
  });

  it('are no alert while it is short, however often', () => {
    const rows = sink();
    for (let i = 0; i < 3; i++) {
      rows.failed('no connection');
      now += limits.sinkWaitingAlertMs - 1;
      rows.written();
    }
    assert.deepEqual(lines(), []);
  });

  it('are known to the next sink, which raises nothing else and clears what stands', () => {
    const former = sink();
    former.failed('away');
    now += limits.sinkWaitingAlertMs;
    former.failed('away');
    const next = sink();
    next.recover(published);
    now += limits.sinkWaitingAlertMs;
    next.failed('away');
    now += limits.sinkWaitingAlertMs;
    next.failed('away');
    next.written();
    assert.deepEqual(lines(), ['rows_waiting rows-1000 raised', 'rows_waiting rows-1000 cleared']);
  });
});
