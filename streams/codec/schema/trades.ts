/** `trades`, `instruments.<symbol>`. */
import Type from 'typebox';
import { limits } from '../../../config/limits.ts';
import { scaleMax } from '../../../src/domain/instrument.ts';
import { accountId, currencyCode, decimal, minorUnits, name, safeInteger, symbol, time } from './parts.ts';

export const trade = Type.Object({
  id: Type.Union([Type.String({ pattern: '^[A-Za-z0-9_-]{1,59}$' }), safeInteger]),
  symbol,
  price: decimal,
  quantity: decimal,
  buyer: accountId,
  seller: accountId,
  buyer_fee: Type.Optional(minorUnits),
  seller_fee: Type.Optional(minorUnits),
  ts: Type.Optional(time),
});

export const tradeMessage = Type.Union([trade, Type.Array(trade, { minItems: 1 })], {
  description: 'Becomes two settlements, <id>-buy and <id>-sell; its price is a market print.',
});

const scale = Type.Integer({ minimum: 0, maximum: scaleMax });
const rate = Type.Number({ minimum: 0, maximum: 1000 });
const label = Type.String({ minLength: 1, maxLength: limits.eventNameCharsMax });

export const instrumentMessage = Type.Object(
  {
    currency: Type.Optional(currencyCode),
    price_scale: Type.Optional(scale),
    quantity_scale: Type.Optional(scale),
    multiplier: Type.Optional(Type.Union([Type.String({ pattern: '^\\d+(\\.\\d+)?$' }), Type.Number()])),
    style: Type.Optional(Type.Union([Type.Literal('spot'), Type.Literal('margined')])),
    sector: Type.Optional(label),
    geography: Type.Optional(label),
    asset_class: Type.Optional(name),
    initial_margin_rate: Type.Optional(rate),
    maintenance_margin_rate: Type.Optional(rate),
  },
  { description: 'Reference data; what is not said has the defaults. The multiplier is positive.' },
);
