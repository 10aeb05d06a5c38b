import assert from 'node:assert/strict';
import { Command, CommanderError } from 'commander';

interface CommandFile {
  register(program: Command): void;
}

/** A command as main.ts would call it, in this process: what it prints by itself, and the error it ends with. */
async function call(args: readonly string[]): Promise<{ printed: string; error: unknown }> {
  const program = new Command('tidemark').option('--json').option('--config <file>').exitOverride();
  const file = (await import(`../../src/cli/${args[0] ?? ''}.ts`)) as CommandFile;
  let printed = '';
  const keep = (text: string): void => void (printed += text);
  program.configureOutput({ writeOut: keep, writeErr: keep });
  file.register(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return { printed, error: null };
  } catch (error) {
    return { printed, error };
  }
}

/** By name: the loader of the tests may load a file twice. */
function isUsageError(error: unknown): boolean {
  if (error instanceof CommanderError) return error.exitCode !== 0;
  return error instanceof Error && error.name === 'UsageError';
}

describe('the use of commands', () => {
  const wrong = [
    'inspect',
    'inspect a/b',
    'settle 7 --symbol A',
    'settle 7 --symbol A --side buy --quantity 0 --price 1',
    'settle 7 --symbol A --side hold --quantity 1 --price 1',
    'settle 7 --symbol A --side buy --quantity 1 --price 1 --type transfer',
    'settle 7 --symbol A --side in --quantity 1 --price 1 --type fill',
    'deposit 7',
    'deposit 7 -5 --currency USD',
    'deposit 7 1,000.00 --currency USD',
    'deposit 7 5 --currency dollars',
    'cash 7 gift 5 --currency USD',
    'cash 7 conversion 5 --currency USD',
    'cash 7 fee 5 --to-currency EUR --to-amount 1',
    'alerts --kind gossip',
    'alerts --account a/b',
    'alerts --limit 0',
    'price IBM',
    'price IBM 1 --bid 1 --ask 2',
    'price IBM --bid 1',
    'account open 7 --timezone Mars/Olympus',
    'account open 7 --cutover 25:00',
    'account open 7 --calendar lunar',
    'account configure 7',
    'account open 7 --base-currency euro',
    'import x.csv',
    'import x.csv --as gossip',
    'import x.csv --as prices --speed fast',
    'import x.csv --as prices --ticks daily',
    'import x.csv --as prices --columns price',
    'drawdown 7 --from 2026-01-01 --window 1d',
    'drawdown 7 --from 2026-02-01 --to 2026-01-01',
    'drawdown 7 --min-depth 200%',
    'history 7 --csv --json',
    'history 7 --points 3',
    'history 7 --from yesterday',
    'watch --count 0',
    'accounts --order luck',
    'accounts --nonsense',
    'dead-letters list --reason mood',
    'dead-letters replay',
    'replay',
    'replay 7 --to now',
    'verify a/b',
  ];
  for (const line of wrong) {
    it(`is told for ${line}`, async () => {
      const { error } = await call(line.split(' '));
      assert.ok(isUsageError(error), String(error));
    });
  }

  const commands = [
    ...[
      'accounts',
      'inspect',
      'watch',
      'drawdown',
      'history',
      'settle',
      'trade',
      'deposit',
      'withdraw',
      'cash',
    ],
    ...[
      'price',
      'account',
      'account open',
      'account close',
      'import',
      'dead-letters',
      'dead-letters show',
      'dead-letters replay',
      'replay',
      'verify',
      'sql',
    ],
  ];
  for (const command of commands) {
    it(`of ${command} is told by --help, with an example`, async () => {
      const { printed, error } = await call([...command.split(' '), '--help']);
      assert.ok(error instanceof CommanderError && error.exitCode === 0);
      assert.match(printed, new RegExp(`Examples?:\\n {2}\\$ tidemark ${command}`));
    });
  }
});
