/**
 * What is traded in the simulated market: 50 symbols with their reference data and where their prices begin. Prices are
 * invented; only their order of size is real.
 */
import type { InstrumentFields } from '../domain/instrument.ts';

export interface DemoSymbol {
  readonly symbol: string;
  /** What is written to the bucket INSTRUMENTS; null where the defaults are right. */
  readonly fields: InstrumentFields | null;
  readonly start: number;
  /** Decimals of its prices. */
  readonly decimals: number;
  /** How lively it is: 1 is a large share. */
  readonly volatility: number;
  /** Of one unit at the start, in its currency. */
  readonly unitValue: number;
  /** Decimals that quantities have. */
  readonly quantityDecimals: number;
  readonly isQuoted: boolean;
}

type Traits = Partial<Omit<DemoSymbol, 'symbol' | 'start'>>;

function traded(symbol: string, start: number, traits: Traits = {}): DemoSymbol {
  return {
    symbol,
    fields: null,
    start,
    decimals: 2,
    volatility: 1,
    unitValue: start * Number(traits.fields?.multiplier ?? 1),
    quantityDecimals: 0,
    isQuoted: false,
    ...traits,
  };
}

function shares(sector: string, prices: Readonly<Record<string, number>>, volatility = 1): DemoSymbol[] {
  const fields = { sector, geography: 'US', asset_class: 'equity' };
  return Object.entries(prices).map(([symbol, start]) => traded(symbol, start, { fields, volatility }));
}

function europeanShares(prices: Readonly<Record<string, number>>): DemoSymbol[] {
  const fields = { currency: 'EUR', geography: 'EU', asset_class: 'equity' };
  return Object.entries(prices).map(([symbol, start]) => traded(symbol, start, { fields }));
}

function pair(symbol: string, start: number, decimals = 5): DemoSymbol {
  const fields = { currency: symbol.slice(3), style: 'margined', asset_class: 'fx' } as const;
  return traded(symbol, start, { fields, decimals, volatility: 0.25, isQuoted: true });
}

function future(
  symbol: string,
  start: number,
  multiplier: number,
  fields: InstrumentFields = {},
  volatility = 0.7,
): DemoSymbol {
  return traded(symbol, start, {
    fields: { multiplier, style: 'margined', asset_class: 'future', ...fields },
    volatility,
  });
}

function coin(symbol: string, start: number): DemoSymbol {
  const fields = { quantity_scale: 8, asset_class: 'crypto' };
  return traded(symbol, start, { fields, volatility: 2, quantityDecimals: 4 });
}

/** 50 of them. The pairs first: accounts in euros have a rate before they have anything else. */
export const demoSymbols: readonly DemoSymbol[] = [
  pair('EURUSD', 1.1),
  pair('GBPUSD', 1.27),
  pair('USDJPY', 150, 3),
  pair('USDCHF', 0.88),
  ...shares('technology', { AAPL: 187, MSFT: 410, NVDA: 880, AMD: 165, ORCL: 125, CRM: 270, INTC: 42 }, 1.3),
  ...shares('communication', { GOOG: 152, META: 485, NFLX: 610, DIS: 112, VZ: 41 }),
  ...shares('finance', { JPM: 190, BAC: 36, GS: 405, V: 280, 'BRK.B': 408, AIG: 76 }, 0.8),
  ...shares('health', { JNJ: 158, PFE: 27, UNH: 490, LLY: 765, MRK: 125 }, 0.8),
  ...shares('energy', { XOM: 112, CVX: 155, SLB: 53 }),
  ...shares('consumer', { AMZN: 178, TSLA: 176, WMT: 60, KO: 60, MCD: 280, NKE: 94 }),
  ...shares('industry', { CAT: 355, BA: 190, GE: 170, IBM: 190 }),
  ...europeanShares({ SAP: 178, SIE: 176, ASML: 890, MC: 830, 'ALV.DE': 265 }),
  future('ES', 5200, 50),
  future('CL', 81, 1000, {}, 1.4),
  future('FDAX', 18_200, 25, { currency: 'EUR', geography: 'EU' }),
  coin('BTC-USD', 67_000),
  coin('ETH-USD', 3_400),
];
