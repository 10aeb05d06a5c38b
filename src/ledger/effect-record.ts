/** The one effect that the book fills anew for each event. */
import type { Effect } from '../domain/effect.ts';

export function emptyEffect(): Effect {
  return {
    accountId: '', sequence: 0, index: 0, time: NaN,
    event: { kind: 'open', name: null, baseCurrency: null, timezone: null, cutoverMinutes: null, settings: {}, ts: NaN },
    symbol: '', priceScale: 0, quantityScale: 0, quantity: 0, price: 0, feeQuantity: 0, currency: '', cashEffect: 0,
    realized: 0, realizedBase: 0, fees: 0, feesBase: 0, incomeBase: 0, flowBase: 0, rate: NaN, bookings: [], crossings: [],
    recordedTick: NaN, isRecalled: false, quantityBefore: 0,
    quantityAfter: 0, costBefore: 0, costAfter: 0, positionRealized: 0, equityBefore: NaN, navBefore: NaN, units: NaN,
    nav: NaN,
    epoch: 1,
    state: 'pending',
    stateBefore: '',
    settings: '',
  }; // prettier-ignore
}

/** Figures that not every kind of event sets, back to nothing. */
export function resetEffect(e: Effect): void {
  e.bookings.length = e.crossings.length = 0;
  e.recordedTick = NaN;
  e.isRecalled = false;
  e.symbol = e.currency = e.stateBefore = e.settings = '';
  e.priceScale = e.quantityScale = 0;
  e.quantity = e.price = e.feeQuantity = e.cashEffect = 0;
  e.realized = e.realizedBase = e.fees = e.feesBase = e.incomeBase = e.flowBase = 0;
  e.quantityBefore = e.quantityAfter = e.costBefore = e.costAfter = e.positionRealized = 0;
  e.rate = e.equityBefore = e.navBefore = NaN;
}
