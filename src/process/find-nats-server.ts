/** Where the nats-server binary is: on the PATH, or where scripts/setup.mjs unpacks it. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const unpacked = fileURLToPath(new URL('../../.cache/nats-server/usr/sbin/nats-server', import.meta.url));

/** null where there is none. */
export function findNatsServer(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((dir) => join(dir, 'nats-server'));
  return [...onPath, unpacked].find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
