/** The processes of the machine, as `ps` shows them: which children one has, how much memory they hold. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly residentBytes: number;
  readonly command: string;
}

const run = promisify(execFile);
const line = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/;
const bytesPerKb = 1024;

export async function processes(): Promise<Process[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,args=']);
  return stdout.split('\n').flatMap((text): Process[] => {
    const found = line.exec(text);
    if (found === null) return [];
    const [, pid, parent, kilobytes, command = ''] = found;
    return [
      { pid: Number(pid), parent: Number(parent), residentBytes: Number(kilobytes) * bytesPerKb, command },
    ];
  });
}

/** Whether the process is there and not merely waiting to be buried. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
