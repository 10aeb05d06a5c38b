/**
 * Makes a checkout ready to run: npm packages, nats-server, `npx tidemark`, the dashboard. Plain Node without dependencies,
 * because it runs before there are any. Says nothing and takes no time when there is nothing to do.
 *
 * Options: --nats-from-debian takes Debian's nats-server even where another is on the PATH. --for-tests also sees to the
 * browser that the tests of the dashboard run.
 */
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchFromDebian, run } from './debian.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache');
const nodeMinimum = [20, 19];
/** Libraries beside those of the system. */
const chromiumLauncher = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$(echo "$here"/usr/lib/*-linux-gnu | tr ' ' ':')"
exec "$here/usr/lib/chromium/chromium" "$@"
`;

try {
  requireNode();
  installPackages();
  installNatsServer();
  linkCommand();
  buildDashboard();
  if (process.argv.includes('--for-tests')) installBrowser();
} catch (error) {
  console.error(`setup: ${error.message}`);
  process.exit(1);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > nodeMinimum[0] || (major === nodeMinimum[0] && minor >= nodeMinimum[1])) return;
  throw new Error(`Node ${nodeMinimum.join('.')} or newer is needed, this is ${process.versions.node}`);
}

function installPackages() {
  if (packagesAreAsLocked()) return;
  say('installing the npm packages');
  // Not `npm ci`: it refuses a lock file without the platform packages of chdb that a registry does not carry.
  // With --no-save the locked versions are taken and the lock file stays as it is.
  const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', ...flags], { cwd: root });
}

/** Compares what npm says it installed with package-lock.json; optional packages of other platforms may be missing. */
function packagesAreAsLocked() {
  const wanted = readLock(join(root, 'package-lock.json'));
  const found = readLock(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null) throw new Error('package-lock.json is missing');
  if (found === null) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    if (found[path] === undefined) return optional === true;
    return found[path].version === version && existsSync(join(root, path));
  });
}

function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : null;
}

function installNatsServer() {
  const unpacked = join(cache, 'nats-server', 'usr', 'sbin', 'nats-server');
  const onPath = (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, 'nats-server'));
  const places = process.argv.includes('--nats-from-debian') ? [unpacked] : [...onPath, unpacked];
  if (places.some(isExecutable)) return;
  if (process.platform === 'darwin') throw new Error('nats-server is missing: brew install nats-server');
  if (spawnSync('apt-get', ['--version']).error || spawnSync('dpkg-deb', ['--version']).error) {
    throw new Error('nats-server is missing: install version 2.9 or newer and put it on the PATH');
  }
  say('fetching nats-server from Debian');
  fetchFromDebian('nats-server', join(cache, 'nats-server'));
  if (!isExecutable(unpacked))
    throw new Error('nats-server is not in the package: put it on the PATH yourself');
}

/** Root installs Debian's Chromium; without root its files, and those of the libraries that are missing, go to .cache. */
function installBrowser() {
  const launcher = join(cache, 'chromium', 'chromium');
  const onPath = (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, 'chromium'));
  if ([...onPath, launcher].some(isExecutable)) return;
  say('installing Chromium from Debian, for the tests of the dashboard');
  try {
    if (process.getuid?.() === 0) {
      run('apt-get', ['-qq', 'update']);
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'chromium'], { env });
    } else {
      fetchFromDebian('chromium', join(cache, 'chromium'), { withLibraries: true });
      writeFileSync(launcher, chromiumLauncher, { mode: 0o755 });
    }
  } catch (error) {
    throw new Error(
      `the tests of the dashboard need Chromium: put \`chromium\` on the PATH (${error.message})`,
      {
        cause: error,
      },
    );
  }
}

function buildDashboard() {
  run(process.execPath, [join(root, 'web', 'build.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** npm links the commands of dependencies only; this one makes `npx tidemark` work in the checkout. */
function linkCommand() {
  const link = join(root, 'node_modules', '.bin', 'tidemark');
  const target = join('..', '..', 'bin', 'tidemark.mjs');
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) {
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link) === target) return;
    rmSync(link);
  }
  symlinkSync(target, link);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function say(what) {
  console.error(`setup: ${what} ...`);
}
