import assert from 'node:assert/strict';
import { SymbolTable } from '../../../src/domain/symbol-table.ts';
import { LedgerDecoder } from '../../../streams/codec/ledger-message.ts';
import { sampleRebase } from '../support/sample-rows.ts';

const good = {
  type: 'rebase',
  id: 'rebase-9',
  of: 9,
  from: sampleRebase.from,
  through: sampleRebase.through,
  units_factor: 1.05,
  units: 1_909.090909090909,
  nav: 1.157619047619048,
  epoch: 1,
  wiped_out: false,
  peak_nav: 1.204761904761905,
  peak_ts: sampleRebase.peakTime,
  max_drawdown: -0.0391304347826087,
  max_drawdown_life: -0.0391304347826087,
  peak_profit: 30_000,
  day_open_nav: 1.1,
  day_open_equity: 210_000,
  ts: sampleRebase.ts,
};

describe('a rebase on the wire', () => {
  const decoder = new LedgerDecoder(new SymbolTable());
  const text = new TextEncoder();

  function judged(payload: string | object): unknown {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const [item] = decoder.decode(text.encode('accounts.7'), text.encode(body), 12, 1).items;
    return item?.kind === 'rejected' ? `${item.reason}: ${item.detail}` : item;
  }

  it('is every figure of the event', () => {
    assert.deepEqual(judged(good), sampleRebase);
  });

  it('has null where there is no such figure: without a flow, after ruin', () => {
    const none = { units_factor: null, units: null, nav: null, peak_nav: null, peak_ts: null };
    assert.deepEqual(judged({ ...good, ...none, max_drawdown: 0, max_drawdown_life: -1 }), {
      ...sampleRebase,
      ...{ unitsFactor: NaN, units: NaN, nav: NaN, peakNav: NaN, peakTime: NaN },
      ...{ maxDrawdown: 0, maxDrawdownLife: -1 },
    });
    const ruined = {
      ...good,
      units_factor: null,
      nav: 0,
      wiped_out: true,
      max_drawdown: -1,
      max_drawdown_life: -1,
    };
    assert.equal((judged(ruined) as typeof sampleRebase).wipedOut, true);
  });

  it('has units below zero where more was withdrawn than there was, and then nothing to compare', () => {
    const overdrawn = { ...good, units: -1_991.5, units_factor: null };
    assert.deepEqual(judged(overdrawn), { ...sampleRebase, units: -1_991.5, unitsFactor: NaN });
  });

  const wrong: [string, object][] = [
    ['id', { id: 'rebase-8' }],
    ['id', { id: 9 }],
    ['of', { of: 0, id: 'rebase-0' }],
    ['of', { of: '9' }],
    ['from', { from: null }],
    ['through', { through: -1 }],
    ['through', { through: 1.5 }],
    ['units_factor', { units_factor: 0 }],
    ['units_factor', { units_factor: undefined }],
    ['units_factor', { units: -1 }],
    ['units_factor', { units: 0 }],
    ['units', { units: '5' }],
    ['units', { units: null }],
    ['nav', { nav: -0.5 }],
    ['nav', { nav: null, peak_nav: null }],
    ['nav', { nav: 0 }],
    ['epoch', { epoch: 0 }],
    ['wiped_out', { wiped_out: null }],
    ['wiped_out', { wiped_out: true }],
    ['peak_nav', { peak_nav: null }],
    ['max_drawdown', { max_drawdown: 0.01 }],
    ['max_drawdown', { max_drawdown: -1.01 }],
    ['max_drawdown_life', { max_drawdown_life: -0.01 }],
    ['peak_profit', { peak_profit: 1.5 }],
    ['day_open_nav', { day_open_nav: null }],
    ['day_open_equity', { day_open_equity: '1' }],
    ['ts', { ts: -1 }],
  ];
  for (const [field, change] of wrong) {
    it(`is malformed with ${JSON.stringify(change)}`, () => {
      assert.equal(judged({ ...good, ...change }), `malformed: ${field}`);
    });
  }

  it('is malformed with a figure that no double holds', () => {
    assert.equal(judged(JSON.stringify(good).replace('1.05', '1e999')), 'malformed: units_factor');
  });
});
