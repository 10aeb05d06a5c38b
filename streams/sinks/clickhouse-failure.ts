/** Whether a failed insert may succeed later: what ClickHouse's error codes mean for a retry. */
import { ClickHouseError } from '@clickhouse/client';
import { certificateFault } from '../../config/certificate-fault.ts';
import type { ClickHouseAccess } from '../../config/clickhouse-options.ts';
import { Failure as Sentence } from '../../src/failure.ts';

export type Failure = 'unavailable' | 'refused';

/**
 * ClickHouse is there, but cannot now: it is overloaded, out of memory, disk or threads, read-only, shutting down, or
 * does not know our password (which an operator can mend). Names by code: src/Common/ErrorCodes.cpp.
 */
const unavailableCodes = new Set(
  [
    75, 76, 159, 164, 192, 193, 194, 202, 203, 209, 210, 212, 216, 225, 236, 241, 242, 243, 252, 279, 286,
    297, 319,
  ].concat([354, 373, 394, 415, 425, 439, 498, 499, 516, 574, 668, 730, 745, 999, 1000, 1001, 1002]),
);

export function failureOf(error: unknown): Failure {
  // What is no answer of ClickHouse is a connection that broke, timed out or was refused, or a proxy's page.
  if (!(error instanceof ClickHouseError)) return 'unavailable';
  return unavailableCodes.has(Number(error.code)) ? 'unavailable' : 'refused';
}

/** Of a user, of a password, and of either. */
const refusals = ['192', '193', '194', '516'];

/** What ClickHouse, or we, have against the connection, in a sentence; null where nobody refuses, as when it is away. */
export function refusalOf(
  error: unknown,
  { url, user }: Pick<ClickHouseAccess, 'url' | 'user'>,
): Sentence | null {
  if (error instanceof ClickHouseError && refusals.includes(error.code)) {
    return new Sentence(
      `ClickHouse at ${url} refuses the user ${user}: set clickhouse.user and clickhouse.password`,
    );
  }
  const fault = certificateFault(error);
  return fault === null
    ? null
    : new Sentence(`ClickHouse at ${url} and we do not trust each other (${fault}): set clickhouse.ca_file`);
}

export function describeFailure(error: unknown): string {
  if (error instanceof ClickHouseError) return `${error.type ?? 'ERROR'} (${error.code}): ${error.message}`;
  if (error instanceof AggregateError && error.errors.length > 0) return String(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
