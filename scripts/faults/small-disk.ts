/**
 * A small disk of its own for a directory, in memory, that can be filled and emptied: a tmpfs, for which one must be
 * root or in a user namespace (`unshare -rm`). Knows nothing of what lies on it.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const chunk = Buffer.alloc(1_048_576);
const filler = 'filler';

export class SmallDisk {
  private readonly directory: string;

  /** Makes the directory, and mounts the disk over it. */
  constructor(directory: string, bytes: number) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'none', directory], {
        stdio: 'pipe',
      });
    } catch (error) {
      throw new Error('a disk can be mounted by root only: run this with `unshare -rm` before it', {
        cause: error,
      });
    }
  }

  /** By so much, or to the last byte. Whether there is still space: what others free meanwhile the next call takes. */
  fill(bytes: number): boolean {
    const file = openSync(join(this.directory, filler), 'a');
    try {
      for (let left = bytes; left > 0;) {
        const written = writeSync(file, chunk, 0, Math.min(left, chunk.length));
        if (written === 0) return false;
        left -= written;
      }
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      return false;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(join(this.directory, filler), { force: true });
  }

  /** Whoever used it must have ended. */
  unmount(): void {
    execFileSync('umount', [this.directory], { stdio: 'pipe' });
  }
}
