/** The clock that the processes of a load test share: microseconds of the machine's monotonic clock since a moment. */

export type Micros = () => number;

export function moment(): bigint {
  return process.hrtime.bigint();
}

const nanosPerMicro = 1000n;

export function microsSince(start: bigint): Micros {
  return () => Number((process.hrtime.bigint() - start) / nanosPerMicro);
}
