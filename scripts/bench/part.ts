/** One part in a process of its own: what ran before it leaves neither compiled code nor garbage to it. */
import type { BenchRow } from './row.ts';

interface Part {
  run(): Promise<BenchRow[]> | BenchRow[];
}

const file = process.argv[2];
if (file === undefined) throw new Error('which part?');
const part = (await import(new URL(file, import.meta.url).href)) as Part;
const rows = await part.run();
process.send?.(rows);
process.disconnect();
