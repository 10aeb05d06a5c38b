/**
 * Makes a checkout ready to run: npm packages, nats-server, `npx tidemark`. Plain Node without dependencies, because it
 * runs before there are any. Says nothing and takes no time when there is nothing to do.
 *
 * Options: --nats-from-debian takes Debian's nats-server even where another is on the PATH.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { symlinkSync, lstatSync, readlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache');
const nodeMinimum = [20, 19];

try {
  requireNode();
  installPackages();
  installNatsServer();
  linkCommand();
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

/**
 * A Debian package's files in a directory of ours: no root, nothing installed, no service started. apt gets its own
 * list directory, so that an image without lists, or with old ones, will do.
 */
function fetchFromDebian(name, target) {
  const apt = join(cache, 'apt');
  const incoming = join(cache, `${name}.part`);
  for (const dir of [join(apt, 'lists', 'partial'), join(apt, 'cache', 'archives', 'partial'), incoming]) {
    mkdirSync(dir, { recursive: true });
  }
  const options = [`Dir::State::lists=${join(apt, 'lists')}`, `Dir::Cache=${join(apt, 'cache')}`];
  // Without it, apt run by root warns that its user _apt may not write here.
  if (process.getuid?.() === 0) options.push('APT::Sandbox::User=root');
  const flags = ['-qq', ...options.flatMap((option) => ['-o', option])];
  run('apt-get', [...flags, 'update']);
  run('apt-get', [...flags, 'download', name], { cwd: incoming });
  const [archive] = readdirSync(incoming).filter((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt-get downloaded no package ${name}`);
  run('dpkg-deb', ['-x', join(incoming, archive), join(incoming, 'files')]);
  rmSync(target, { recursive: true, force: true });
  // The rename is last, so that a half unpacked package is never taken for a whole one.
  renameSync(join(incoming, 'files'), target);
  rmSync(incoming, { recursive: true, force: true });
  rmSync(apt, { recursive: true, force: true });
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

function run(command, args, options = {}) {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', ...options });
  } catch (error) {
    const told = String(error.stderr ?? error.message).trim();
    throw new Error(`${command} failed: ${told.split('\n').slice(-5).join('\n')}`, {
      cause: error,
    });
  }
}

function say(what) {
  console.error(`setup: ${what} ...`);
}
