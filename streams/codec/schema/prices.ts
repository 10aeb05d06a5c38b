/** `prices.<symbol>`, `prices`, `ticks`. */
import Type from 'typebox';
import { marketDecimal, safeInteger, symbol, time } from './parts.ts';

const plain = { price: marketDecimal, ts: Type.Optional(time) };
const quote = {
  price: Type.Optional(Type.Never()),
  bid: marketDecimal,
  ask: marketDecimal,
  ts: Type.Optional(time),
};

export const priceMessage = Type.Union([Type.Object(plain), Type.Object(quote)], {
  description: 'A price, or a quote that is marked at its mid. Without ts it is as of now.',
});

export const priceBatch = Type.Array(
  Type.Union([Type.Object({ symbol, ...plain }), Type.Object({ symbol, ...quote })]),
  { minItems: 1, description: 'Judged element by element.' },
);

export const tickMessage = Type.Object(
  { tick: Type.Integer({ ...safeInteger, minimum: 0 }), ts: Type.Optional(time) },
  { description: 'Makes a tick where tick.source is nats.' },
);
