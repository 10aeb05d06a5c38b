/**
 * Alternating rounds: what is compared runs in turn, several times, in one process and one minute, so that a noisy
 * machine disturbs all of it alike. The median counts.
 */

/** What a round came to, in units a second or whatever the caller compares. */
export type Round = () => Promise<number> | number;

/** Medians by name. The first round of each warms up and does not count. */
export async function alternate<K extends string>(
  rounds: number,
  contenders: Readonly<Record<K, Round>>,
): Promise<Record<K, number>> {
  const names = Object.keys(contenders) as K[];
  const results = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const result = await contenders[name]();
      if (round >= 0) results.get(name)?.push(result);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(results.get(name) ?? [])])) as Record<
    K,
    number
  >;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/**
 * Units a second of a piece of work in this process, a second of its own processor time: what others of the machine
 * take from it does not count, what the garbage collector's threads take does.
 */
export function perSecond(units: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (units / (user + system)) * microsPerSecond;
}

const microsPerSecond = 1_000_000;

/** To three digits: what is beyond them is noise. */
export function rounded(x: number): number {
  return Number(x.toPrecision(3));
}

export function ratioOf(value: number, ceiling: number): number {
  return Number((value / ceiling).toFixed(2));
}
