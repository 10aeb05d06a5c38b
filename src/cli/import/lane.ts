/** How records leave: in order, with a bound on what is not yet known to have arrived. */
import type { ImportRecord } from './record.ts';

export interface Lane {
  /** A promise only where there is to be waited for room. */
  send(record: ImportRecord): Promise<void> | undefined;
  /** Lets what has gathered leave, without waiting for it. */
  push(): void;
  /** Resolves when everything sent has arrived. */
  settle(): Promise<void>;
}
