/** Examples under a command's help. Knows no command. */
import type { Command } from 'commander';

export function withExamples(command: Command, ...lines: readonly string[]): Command {
  const heading = lines.length === 1 ? 'Example' : 'Examples';
  return command.addHelpText(
    'after',
    `\n${heading}:\n${lines.map((line) => `  $ tidemark ${line}`).join('\n')}`,
  );
}
