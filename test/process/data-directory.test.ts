import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../src/failure.ts';
import {
  claimDataDirectory,
  dataFormatVersion,
  openDataDirectory,
} from '../../src/process/data-directory.ts';

describe('the data directory', () => {
  let parent: string;
  let dir: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'tidemark-claim-'));
    dir = join(parent, 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('is made where it is missing, and says its version', () => {
    openDataDirectory(dir);
    assert.equal(readFileSync(join(dir, 'VERSION'), 'utf8'), `${dataFormatVersion}\n`);
    openDataDirectory(dir);
  });

  it('of another version is refused, and named with the key to change', () => {
    openDataDirectory(dir);
    writeFileSync(join(dir, 'VERSION'), '99\n');
    assert.throws(
      () => openDataDirectory(dir),
      (error: Error) => {
        assert.ok(error instanceof Failure);
        assert.match(error.message, /format 99/);
        assert.match(error.message, /set data_dir/);
        return true;
      },
    );
  });

  it('that cannot be made is refused with the key to change', () => {
    writeFileSync(join(parent, 'file'), '');
    assert.throws(() => openDataDirectory(join(parent, 'file', 'data')), /ENOTDIR.*set data_dir/);
  });

  it('belongs to one living process until that releases it', () => {
    const claim = claimDataDirectory(dir);
    assert.equal(claim.wasAbandoned, false);
    assert.throws(() => claimDataDirectory(dir), new RegExp(`process ${process.pid}.*set data_dir`));
    claim.release();
    claim.release();
    claimDataDirectory(dir).release();
    assert.equal(existsSync(join(dir, 'lock')), false);
  });

  it('is taken over from a process that is gone', async () => {
    const gone = spawn(process.execPath, ['-e', '0']);
    await new Promise((resolve) => gone.once('exit', resolve));
    openDataDirectory(dir);
    writeFileSync(join(dir, 'lock'), JSON.stringify({ pid: gone.pid, started: '1' }));
    const claim = claimDataDirectory(dir);
    assert.equal(claim.wasAbandoned, true);
    claim.release();
  });

  it('is taken over from a lock that a crash left half written', () => {
    openDataDirectory(dir);
    writeFileSync(join(dir, 'lock'), '{"pid":');
    const claim = claimDataDirectory(dir);
    assert.equal(claim.wasAbandoned, true);
    claim.release();
  });

  it('tells a process from a later one of the same id', () => {
    openDataDirectory(dir);
    writeFileSync(join(dir, 'lock'), JSON.stringify({ pid: process.pid, started: '1' }));
    claimDataDirectory(dir).release();
  });
});
