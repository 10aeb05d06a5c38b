/**
 * A Debian package's files in a directory of ours: no root, nothing installed, no service started. Plain Node; knows
 * nothing of what is in a package.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * apt gets list and archive directories of its own beside the target, so that an image without lists, or with old ones,
 * will do. `withLibraries`: also what the package depends on and this machine does not have. Throws Error.
 */
export function fetchFromDebian(name, target, { withLibraries = false } = {}) {
  const apt = join(dirname(target), 'apt');
  const archives = join(apt, 'cache', 'archives');
  const files = join(dirname(target), `${name}.part`);
  for (const dir of [join(apt, 'lists', 'partial'), join(archives, 'partial'), files]) {
    mkdirSync(dir, { recursive: true });
  }
  const options = [`Dir::State::lists=${join(apt, 'lists')}`, `Dir::Cache=${join(apt, 'cache')}`];
  // Without it, apt run by root warns that its user _apt may not write here.
  if (process.getuid?.() === 0) options.push('APT::Sandbox::User=root');
  // The lock is of what is installed, which is only read.
  if (withLibraries) options.push('Debug::NoLocking=true', 'APT::Install-Recommends=false');
  const flags = ['-qq', ...options.flatMap((option) => ['-o', option])];
  run('apt-get', [...flags, 'update']);
  if (withLibraries) run('apt-get', [...flags, 'install', '-y', '--download-only', name]);
  else run('apt-get', [...flags, 'download', name], { cwd: archives });
  const packages = readdirSync(archives).filter((file) => file.endsWith('.deb'));
  if (packages.length === 0) throw new Error(`apt-get downloaded no package ${name}`);
  for (const file of packages) run('dpkg-deb', ['-x', join(archives, file), files]);
  rmSync(target, { recursive: true, force: true });
  // The rename is last, so that a half unpacked package is never taken for a whole one.
  renameSync(files, target);
  rmSync(apt, { recursive: true, force: true });
}

/** Throws Error with the end of what it said. */
export function run(command, args, options = {}) {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', ...options });
  } catch (error) {
    const told = String(error.stderr ?? error.message).trim();
    throw new Error(`${command} failed: ${told.split('\n').slice(-5).join('\n')}`, {
      cause: error,
    });
  }
}
