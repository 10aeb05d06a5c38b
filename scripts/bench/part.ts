/** One part in a process of its own: what ran before it leaves neither compiled code nor garbage to it. */
import type { BenchRow } from './row.ts';

interface Part {
  /** `options`: what `sizes.ts` reads, where the part has sizes. */
  run(options: readonly string[]): Promise<BenchRow[]> | BenchRow[];
}

const [file, ...options] = process.argv.slice(2);
if (file === undefined) throw new Error('which part?');
const part = (await import(new URL(file, import.meta.url).href)) as Part;
const rows = await part.run(options);
process.send?.(rows);
process.disconnect();
