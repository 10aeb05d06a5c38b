/** The .sql files beside this one: migrations in their order, views by name. Knows nothing of a database. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

export interface SqlFile {
  /** `001-effects-and-curve`, or a view's name. */
  readonly name: string;
  /** A migration's number; 0 for a view. */
  readonly version: number;
  readonly checksum: string;
  readonly statements: readonly string[];
}

export const migrationsDirectory = new URL('./migrations/', import.meta.url);
export const viewsDirectory = new URL('./views/', import.meta.url);

export async function readSqlFiles(directory: URL): Promise<readonly SqlFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (fileName) => {
      const text = await readFile(new URL(fileName, directory), 'utf8');
      return {
        name: fileName.slice(0, -'.sql'.length),
        version: Number(/^(\d+)-/.exec(fileName)?.[1] ?? 0),
        checksum: createHash('sha256').update(text).digest('hex'),
        statements: statementsOf(text),
      };
    }),
  );
}

/** A statement ends with a semicolon at the end of a line. */
function statementsOf(text: string): string[] {
  const withoutComments = text.replaceAll(/^\s*--.*$/gm, '');
  return withoutComments
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
