/** Whether a failed insert may succeed later: what ClickHouse's error codes mean for a retry. */
import { ClickHouseError } from '@clickhouse/client';

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

export function describeFailure(error: unknown): string {
  if (error instanceof ClickHouseError) return `${error.type ?? 'ERROR'} (${error.code}): ${error.message}`;
  if (error instanceof AggregateError && error.errors.length > 0) return String(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
