/** Rows as the ledger hands them out, to be written and read back. */
import type { Effect } from '../../../src/domain/effect.ts';
import type { CurveRow } from '../../../src/domain/equity-update.ts';
import type { CashEvent, Settlement } from '../../../src/domain/ledger-event.ts';

export const sampleTime = Date.UTC(2026, 0, 15, 12);

export const sampleFill: Settlement = {
  kind: 'fill',
  id: 'f1',
  symbol: 0,
  direction: -1,
  quantity: { coefficient: 25, scale: 1 },
  price: { coefficient: 100, scale: 0 },
  fee: 7,
  feeCurrency: '',
  feeQuantity: null,
  source: 'venue "A"',
  sourceSequence: NaN,
  ts: 5,
};

export const sampleDeposit: CashEvent = {
  kind: 'deposit',
  id: 'd1',
  amount: 1_000,
  currency: '',
  toCurrency: '',
  toAmount: 0,
  symbol: '',
  effectiveAt: NaN,
  notes: 'für "Ann"\n',
  ts: NaN,
};

export function sampleEffect(fields: Partial<Effect> = {}): Effect {
  return {
    accountId: '7',
    sequence: 12,
    index: 0,
    time: sampleTime,
    event: sampleFill,
    symbol: 'BRK.B',
    priceScale: 4,
    quantityScale: 4,
    quantity: -25_000,
    price: 1_000_000,
    feeQuantity: 0,
    currency: 'USD',
    cashEffect: 24_993,
    realized: 250,
    realizedBase: 250,
    fees: 7,
    feesBase: NaN,
    incomeBase: 0,
    flowBase: 0,
    rate: 1,
    bookings: [250, NaN],
    crossings: [],
    recordedTick: NaN,
    quantityBefore: 100_000,
    quantityAfter: 75_000,
    costBefore: 99_000,
    costAfter: 74_250,
    positionRealized: 250,
    equityBefore: 1_000_000,
    navBefore: 1.0125,
    units: 987_654.3209876543,
    nav: 1.0125,
    epoch: 1,
    state: 'active.healthy',
    stateBefore: '',
    ...fields,
  };
}

export function sampleCurve(fields: Partial<CurveRow> = {}): CurveRow {
  return {
    accountId: '7',
    currency: 'USD',
    tick: sampleTime + 1,
    timestamp: sampleTime,
    totalEquity: 12_873_423,
    cashBalance: 2_183_411,
    positionValue: 10_690_012,
    unrealizedPnl: 41_277,
    realizedPnl: -9_721,
    fees: 0,
    income: 12,
    netFlow: 12_822_425,
    dayChange: 50_998,
    dayChangePercent: 0.3977,
    nav: 1.0039771234567891,
    peakNav: 1.011203,
    drawdown: -0.007146,
    maxDrawdown: -0.0412,
    state: 'active.healthy',
    sequence: 481_516,
    sessionDate: '2026-01-15',
    epoch: 1,
    navLow: 1.001,
    navHigh: 1.0040001,
    worstDrawdown: -0.01,
    units: 12_822_425,
    maxDrawdownLife: -0.0412,
    dayOpenEquity: 12_822_425,
    dayOpenNav: 1,
    dayNetFlow: 0,
    peakProfit: 60_000,
    wipedOut: false,
    peakTime: 1_760_000_000_000,
    ...fields,
  };
}
