/** What routes take in paths and queries, each with its schema, and what it comes to; shapes that many answers have. Knows no route. */
import Type from 'typebox';
import { limits } from '../../config/limits.ts';
import { isoTimeMs } from '../client/iso-time.ts';
import { allTime, type Reading, type TimeRange } from '../client/view-of.ts';
import { Problem } from './problem.ts';

/** One of some texts. */
export function oneOf<const T extends string>(...values: readonly T[]) {
  return Type.Unsafe<T>({ type: 'string', enum: values });
}

export const numberOrNull = Type.Union([Type.Number(), Type.Null()]);

const shortText = { maxLength: limits.gatewayParameterCharsMax };

export const accountParameter = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: 'The id of an account.',
});

export const accountPath = Type.Object({ id: accountParameter });

export const timeParameter = (description: string) =>
  Type.Optional(Type.String({ ...shortText, description: `${description}; ISO 8601, UTC without a zone.` }));

export const rangeParameters = {
  from: timeParameter('From this date or time on, inclusive; without it from the beginning'),
  to: timeParameter('Before this date or time, exclusive; without it until now'),
};

export const readingParameter = {
  as_recorded: Type.Optional(
    Type.Boolean({
      description:
        'History as it was known at the time, without what voids and flows dated back changed since.',
    }),
  ),
};

export const atParameter = timeParameter('At this moment; without it now');

export const limitParameter = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: limits.gatewayPageRowsMax,
    default: limits.gatewayPageRowsDefault,
    description: 'So many at most.',
  }),
);

/** A session day of the account. */
export const dayParameter = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'YYYY-MM-DD' });

export const symbolParameter = Type.Optional(
  Type.String({ pattern: '^[!-)+-=?-~]{1,64}$', description: 'A symbol.' }),
);

/** Throws Problem: 400. */
export function rangeOf({ from, to }: { readonly from?: string; readonly to?: string }): TimeRange {
  const range = {
    from: from === undefined ? allTime.from : timeOf('from', from),
    to: to === undefined ? allTime.to : timeOf('to', to),
  };
  if (range.from >= range.to) throw wrong('from', 'must be before to');
  return range;
}

/** Throws Problem: 400. */
export function timeOf(field: string, text: string): number {
  const ms = isoTimeMs(text);
  if (!(ms >= allTime.from && ms <= allTime.to)) {
    throw wrong(field, 'must be a date or time such as 2026-01-31 or 2026-01-31T17:00:00Z');
  }
  return ms;
}

export function readingOf({ as_recorded }: { readonly as_recorded?: boolean }): Reading {
  return { asRecorded: as_recorded };
}

export function wrong(field: string, message: string): Problem {
  return new Problem(400, 'request_invalid', 'the request does not fit its schema', {
    errors: [{ field: `querystring/${field}`, message }],
  });
}
