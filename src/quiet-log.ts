/** A log for processes of which only the outcome is of interest: what goes wrong, they answer. */
import type { Log } from './ports.ts';

const nothing = (): void => undefined;
export const quietLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
