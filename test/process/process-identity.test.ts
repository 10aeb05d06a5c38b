import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hasEnded, processIdentity, startOf } from '../../src/process/process-identity.ts';

describe('the identity of a process', () => {
  const own = processIdentity();

  it('is one that has not ended', () => {
    assert.equal(hasEnded(own), false);
    assert.equal(own.pid, process.pid);
  });

  it('tells that a process of this machine was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
    await once(child, 'spawn');
    const other = { ...own, pid: child.pid ?? 0, started: startOf(child.pid ?? 0) };
    assert.equal(hasEnded(other), false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(hasEnded(other), own.boot !== null, 'outside Linux nobody can say');
  });

  it('is another one where the process id was used again', () => {
    assert.equal(hasEnded({ ...own, started: '1' }), own.boot !== null);
  });

  it('says nothing of another machine, another boot, another namespace', () => {
    const gone = { ...own, started: '1' };
    assert.equal(hasEnded({ ...gone, host: 'elsewhere' }), false);
    assert.equal(hasEnded({ ...gone, boot: 'elsewhere' }), false);
    assert.equal(hasEnded({ ...gone, namespace: 'elsewhere' }), false);
    assert.equal(hasEnded({ ...gone, boot: null, namespace: null }), false);
    assert.equal(hasEnded({ ...gone, started: null }), false);
  });
});
