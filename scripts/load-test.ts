/** The load test as a script: `tsx scripts/load-test.ts --rate 100000 ...`, the same as `tidemark load ...`. */
import { main } from '../src/cli/main.ts';

await main(['load', ...process.argv.slice(2)]);
