/** Typed arrays that grow: a larger copy. Columns of one table grow together, by half, so that a row costs its bytes. */

type Column = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** The column with room for `capacity` entries; new entries are `fill` (0 unless said). */
export function grown<T extends Column>(column: T, capacity: number, fill = 0): T {
  const larger = new (column.constructor as new (length: number) => T)(capacity);
  larger.set(column as never);
  if (fill !== 0) larger.fill(fill, column.length);
  return larger;
}

/** The next capacity for a table that must hold `needed` rows. */
export function nextCapacity(current: number, needed: number): number {
  return Math.max(needed, current + (current >> 1), 16);
}
