/** What the figures were measured on. */
import { cpus, release, totalmem, type } from 'node:os';

const bytesPerGiB = 1_073_741_824;

export function describeMachine(): string {
  const all = cpus();
  const memory = Math.round(totalmem() / bytesPerGiB);
  return `${all.length} cores (${all[0]?.model.trim() ?? 'unknown'}), ${memory} GiB, ${type()} ${release()}, Node ${process.versions.node}`;
}
