/** The option by which a command shows history as it was known, not as it was corrected since. */
import type { Command } from 'commander';

export interface ReadingOptions {
  readonly asRecorded?: boolean;
}

export function withReadingOption(command: Command): Command {
  return command.option(
    '--as-recorded',
    'as it was known at the time, without what voids and flows dated back have changed since',
  );
}
