/** Runs test/shared/: the checks against data that lies beside the checkout. Says so in one sentence where it does not. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
if (!existsSync(new URL('../../shared/data', import.meta.url))) {
  console.error('test:shared: these checks need the folder ../shared (data and oracle) beside the checkout');
  process.exit(1);
}
const mocha = fileURLToPath(new URL('../node_modules/mocha/bin/mocha.js', import.meta.url));
const given = process.argv.slice(2);
const args = [
  mocha,
  '--config',
  '.mocharc.shared.json',
  ...(given.length > 0 ? given : ['test/shared/**/*.test.ts']),
];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
