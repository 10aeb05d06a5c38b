#!/usr/bin/env node
/** The `tidemark` command: runs src/cli/main.ts as it is, TypeScript and all. */
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../node_modules/tsx', import.meta.url))) {
  console.error('tidemark: the npm packages are missing: run `npm start`, or `node scripts/setup.mjs`, once');
  process.exit(1);
}
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('../src/cli/main.ts');
await main(process.argv.slice(2));
