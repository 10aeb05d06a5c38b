/** `tidemark run <role>`: one role, or several in one process, against the NATS and ClickHouse of the configuration. */
import type { Command } from 'commander';
import { roles, type Role } from '../process/role-names.ts';
import { configOf, UsageError } from './context.ts';

interface Options {
  readonly roles?: string;
}

export function register(program: Command): void {
  program
    .command('run')
    .description(`Run a role alone, until a signal: ${roles.join(', ')}.`)
    .argument('[role]')
    .option('--roles <list>', 'several roles in one process, separated by commas')
    .action(async (role: string | undefined, options: Options, command: Command) => {
      const { runRoles } = await import('../main.ts');
      const names =
        options.roles?.split(',').map((name) => name.trim()) ?? (role === undefined ? [] : [role]);
      const isRole = (name: string): name is Role => (roles as readonly string[]).includes(name);
      const wanted = names.filter(isRole);
      if (wanted.length === 0 || wanted.length < names.length) {
        throw new UsageError(`a role is one of ${roles.join(', ')}, not ${names.join(', ') || 'nothing'}`);
      }
      await runRoles(wanted, configOf(command));
    });
}
