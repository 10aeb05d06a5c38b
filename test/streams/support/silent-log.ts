/** A log for tests: silent, but it remembers warnings and errors. */
import type { Log } from '../../../src/ports.ts';

export interface RememberedLog extends Log {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: object }[];
}

export function silentLog(): RememberedLog {
  const lines: RememberedLog['lines'] = [];
  const note = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, debug: () => undefined, info: () => undefined, warn: note('warn'), error: note('error') };
}
