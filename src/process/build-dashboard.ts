/** Has the dashboard built where it is missing or older than its sources: by a process of its own, since that takes a tool. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Log } from '../ports.ts';

const builder = fileURLToPath(new URL('../../web/build.mjs', import.meta.url));

/** Resolves when it is there, or cannot be had: everything else works without it, and the gateway says so at `/`. */
export async function buildDashboard(log: Log): Promise<void> {
  const child = spawn(process.execPath, [builder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (code !== 0) log.warn({ child: 'dashboard', reason: told.trim().split('\n').at(-1) }, 'is not built');
}
