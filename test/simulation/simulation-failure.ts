/** What a simulation found: the sentence that says it. The seed is its runner's to tell. */
export class SimulationFailure extends Error {}

export function fail(message: string): never {
  throw new SimulationFailure(message);
}

/** Text of figures that may be BigInt, for messages. */
export function shown(x: unknown): string {
  return JSON.stringify(x, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}
