/**
 * Builds the dashboard into web/dist where that is missing or of other sources, and says nothing where it is not. Plain
 * Node: the set-up and `tidemark up` run it at every start, and most of the time it has only to compare a hash.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('.', import.meta.url));
const root = join(web, '..');
const dist = join(web, 'dist');
/** In the built folder: the hash of what it was built from. */
const stampName = '.sources';
/** Packages that end up in the page, or make it. */
const packages = ['vite', 'preact', '@preact/signals', 'lightweight-charts', '@fontsource-variable/inter'];

const stamp = stampOfSources();
if (stamp !== stampOfDist()) {
  console.error('setup: building the dashboard ...');
  try {
    await build();
  } catch (error) {
    console.error(`setup: the dashboard cannot be built: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}

/** Into a folder beside it, so that nobody is ever served half a page. */
async function build() {
  const { build: vite } = await import('vite');
  const fresh = `${dist}.${process.pid}`;
  try {
    await vite({ root: web, logLevel: 'error', build: { outDir: fresh } });
    writeFileSync(join(fresh, stampName), stamp);
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
  } catch (error) {
    // Another start that built at the same time has put its folder there.
    if (stampOfDist() !== stamp) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function stampOfDist() {
  const file = join(dist, stampName);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** The page's files, what it takes from src/domain, and the versions of its packages. */
function stampOfSources() {
  const hash = createHash('sha256');
  const domain = join(root, 'src', 'domain');
  const files = [...filesIn(web), ...filesIn(domain)].filter((file) => !/[\\/]dist(\.\d+)?[\\/]/.test(file));
  for (const file of files.sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  for (const name of packages) {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
    hash.update(`${name}@${version}\0`);
  }
  return hash.digest('hex');
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
