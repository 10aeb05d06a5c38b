/** `tidemark dead-letters`: what was refused, and why; and it once more. */
import type { Command } from 'commander';
import { limits } from '../../config/limits.ts';
import { rejectionReasons } from '../domain/rejection.ts';
import {
  newestDeadLetters,
  payloadText,
  requireDeadLetter,
  type DeadLetterBody,
} from '../client/dead-letter-stream.ts';
import { withNats } from '../client/nats.ts';
import { accountArgument, choiceOption, countOption } from './arguments.ts';
import { configOf, wantsJson } from './context.ts';
import { registerReplay } from './dead-letters-replay.ts';
import { withExamples } from './examples.ts';
import { timeText } from './format.ts';
import { note, print, printJson, tableText } from './output.ts';

interface ListOptions {
  readonly limit: number;
  readonly account?: string;
  readonly reason?: string;
}

export function register(program: Command): void {
  const command = program
    .command('dead-letters')
    .description('Show what was refused, and why, and send it again.');
  const list = command
    .command('list', { isDefault: true })
    .description('List the newest dead letters, newest first.')
    .option('--limit <n>', 'list at most so many', countOption, limits.cliDeadLettersShown)
    .option('--account <account>', 'only those of an account', accountArgument)
    .option('--reason <reason>', 'only those of a reason', choiceOption(...rejectionReasons))
    .action(async (options: ListOptions, self: Command) => {
      const letters = await withNats(configOf(self), (nats) =>
        newestDeadLetters(nats, options.limit, options),
      );
      if (wantsJson(self)) printJson(letters);
      else if (letters.length === 0) print('no dead letters');
      else {
        print(lettersTable(letters));
        if (letters.length === options.limit) note(`the newest ${letters.length}; --limit shows more`);
      }
    });
  withExamples(list, 'dead-letters list --account 7', 'dead-letters list --reason id_conflict --json');
  const show = command
    .command('show')
    .description('Show one dead letter, whole.')
    .argument('<id>', 'its id, such as LEDGER.481516.0')
    .action(async (id: string, _: object, self: Command) => {
      const letter = await withNats(configOf(self), (nats) => requireDeadLetter(nats, id));
      if (wantsJson(self)) printJson(letter);
      else print(letterText(letter));
    });
  withExamples(show, 'dead-letters show LEDGER.481516.0');
  registerReplay(command);
  withExamples(
    command,
    'dead-letters',
    'dead-letters show LEDGER.481516.0',
    'dead-letters replay LEDGER.481516.0',
  );
}

function lettersTable(letters: readonly DeadLetterBody[]): string {
  return tableText(
    [
      { head: 'id' },
      { head: 'time' },
      { head: 'account' },
      { head: 'subject' },
      { head: 'reason' },
      { head: 'detail' },
    ],
    letters.map((letter) => [
      letter.id,
      timeText(letter.time),
      letter.account_id,
      shortened(letter.subject),
      letter.reason,
      shortened(letter.detail),
    ]),
  );
}

function letterText(letter: DeadLetterBody): string {
  const figures: [string, string][] = [
    ['id', letter.id],
    ['reason', letter.reason],
    ['detail', letter.detail],
    ['subject', letter.subject],
    ['sequence', String(letter.sequence)],
    ['index', String(letter.index)],
    ['account', letter.account_id],
    ['time', timeText(letter.time)],
  ];
  const width = Math.max(...figures.map(([name]) => name.length));
  const lines = figures.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const cut = letter.truncated === true ? [`(the beginning of ${letter.payload_bytes ?? 0} bytes)`] : [];
  return [...lines, '', payloadText(letter), ...cut].join('\n');
}

function shortened(text: string): string {
  return text.length > limits.cliCellCharsMax ? `${text.slice(0, limits.cliCellCharsMax - 1)}…` : text;
}
