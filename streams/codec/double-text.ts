/**
 * The text of doubles, remembered: the nav of an account stands in each of its effects until the next tick, its peak
 * and worst drawdown for much longer, and finding the shortest digits takes ten times as long as looking them up.
 */
const slots = 8192;
const keys = new Float64Array(slots).fill(0.5);
const texts: string[] = new Array<string>(slots).fill('0.5');
const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/** As JavaScript writes it, which is read back as the same double; null where JSON has no number. */
export function doubleText(value: number): string {
  double[0] = value;
  const mixed = Math.imul((halves[0] as number) ^ Math.imul(halves[1] as number, 0x9e3779b1), 0x85ebca6b);
  const slot = (mixed >>> 16) & (slots - 1);
  if (keys[slot] === value) return texts[slot] as string;
  const text = Number.isFinite(value) ? String(value) : 'null';
  keys[slot] = value;
  texts[slot] = text;
  return text;
}
