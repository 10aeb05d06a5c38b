/** What schemas of messages are made of. Titles and descriptions are read by those who write programs against them. */
import Type from 'typebox';
import { limits } from '../../../config/limits.ts';

const safeMax = Number.MAX_SAFE_INTEGER;

export const safeInteger = Type.Integer({ minimum: -safeMax, maximum: safeMax });

export const minorUnits = Type.Integer({
  minimum: -safeMax,
  maximum: safeMax,
  description: 'Money in minor units of its currency: 1234 of USD is 12.34. A JSON integer.',
});

export const id = Type.Union([Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }), safeInteger], {
  description: 'Text, or a JSON integer taken as its decimal text.',
});

export const accountId = id;

export const symbol = Type.String({
  pattern: '^[!-)+-=?-~]{1,64}$',
  description: 'Printable ASCII without space, * and >. In a subject, . and % are percent-encoded.',
});

/** In an event of the ledger. */
export const decimal = Type.Union([Type.String({ pattern: '^-?\\d+(\\.\\d+)?$' }), Type.Number()], {
  description: 'A decimal as text, or a JSON number of at most 15 significant digits. Never rounded.',
});

/** Of the market. */
export const marketDecimal = Type.Union([Type.String({ pattern: '^-?\\d+(\\.\\d+)?$' }), Type.Number()], {
  description: "A decimal as text or JSON number; rounded half to even to the symbol's scale.",
});

export const time = Type.Integer({
  minimum: 0,
  maximum: safeMax,
  description: 'Milliseconds since the epoch, UTC.',
});

export const name = Type.String({ minLength: 1, maxLength: limits.eventNameCharsMax });
export const text = Type.String({ maxLength: limits.eventNameCharsMax });

/** A figure that may have no meaning yet. */
export const ratio = Type.Number();
export const ratioOrNull = Type.Union([Type.Number(), Type.Null()]);
export const count = Type.Integer({ minimum: 0 });
export const currencyCode = Type.String({ pattern: '^[A-Z]{3,5}$' });
export const plainDecimal = Type.String({ pattern: '^-?\\d+(\\.\\d+)?$' });
