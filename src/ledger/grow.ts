/** Typed arrays that grow: a larger copy. Columns of one table grow together. */

type Column = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** The column with room for `capacity` entries; new entries are `fill` (0 unless said). */
export function grown<T extends Column>(column: T, capacity: number, fill = 0): T {
  const larger = new (column.constructor as new (length: number) => T)(capacity);
  larger.set(column);
  if (fill !== 0) larger.fill(fill, column.length);
  return larger;
}

/** Rows from which a table grows by an eighth at a time: room that nobody uses would cost more than copying. */
const largeRows = 65_536;

/** The next capacity for a table that must hold `needed` rows. */
export function nextCapacity(current: number, needed: number): number {
  const more = current >= largeRows ? current >> 3 : current >> 1;
  return Math.max(needed, current + more, 16);
}
