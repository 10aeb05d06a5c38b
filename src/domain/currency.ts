/** Currencies: ISO 4217 codes and how many decimals their minor unit has. Config `currencies` adds and overrides. */

/** Exponents other than 2: ISO 4217's, and the customary ones of a few crypto currencies. */
// prettier-ignore
const exponents: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, VND: 0, VUV: 0, XAF: 0,
  XOF: 0, XPF: 0, BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, BTC: 8, ETH: 8, USDT: 6, USDC: 6,
};

/** Codes of which a six-letter symbol is taken for a currency pair (default price scale 5, with JPY 3). */
const pairCodes = new Set(
  (
    'AED AFN ALL AMD AOA ARS AUD AZN BAM BDT BGN BHD BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNH CNY COP CRC ' +
    'CZK DKK DOP DZD EGP ETB EUR FJD GBP GEL GHS GTQ HKD HNL HUF IDR ILS INR IQD ISK JMD JOD JPY KES KHR KRW KWD KZT LAK ' +
    'LBP LKR MAD MDL MKD MMK MNT MOP MUR MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD ' +
    'RUB RWF SAR SEK SGD THB TND TRY TTD TWD TZS UAH UGX USD UYU UZS VND XAF XOF XPF YER ZAR ZMW'
  ).split(' '),
);

const code = /^[A-Z]{3,5}$/;

/** Whether it has the form of a currency code; anything else is `currency_unknown`. */
export function isCurrency(text: string): boolean {
  return code.test(text);
}

/** Decimals of the minor unit: USD 2, JPY 0, KWD 3. */
export function exponentOf(currency: string, overrides: Readonly<Record<string, number>> = {}): number {
  return overrides[currency] ?? exponents[currency] ?? 2;
}

/** Decimals by code, where they are not 2. */
export function exponentsWith(overrides: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return { ...exponents, ...overrides };
}

/** The default price scale of a symbol: pairs 5, pairs with JPY 3, anything else 4. */
export function defaultPriceScale(symbol: string): number {
  const isPair = symbol.length === 6 && pairCodes.has(symbol.slice(0, 3)) && pairCodes.has(symbol.slice(3));
  return isPair ? (symbol.includes('JPY') ? 3 : 5) : 4;
}
