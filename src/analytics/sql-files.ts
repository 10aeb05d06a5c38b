/**
 * The .sql files beside this one: migrations in their order, views by name, those in `base/` first since the others read
 * them. A view whose text has the token `@reading` is two views: history as corrected, and `<view>_as_recorded`; one with
 * `@level` in its file's name is one for every rollup; where it has `@database` the name of its database belongs. Text
 * that several statements share is a file in `parts/`: `@include <part>(<token> = <text>, ...)` stands for it. Knows
 * nothing of a database.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

export interface SqlFile {
  /** `001-effects-and-curve`, or a view's name. */
  readonly name: string;
  /** A migration's number; 0 for a view. */
  readonly version: number;
  /** Of its statements with what they include: a view is made again where that changes. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

export const migrationsDirectory = new URL('./migrations/', import.meta.url);
export const viewsDirectory = new URL('./views/', import.meta.url);

/** Names in the database: `drawdown@reading` reads `curve@reading`, so each reading stays within itself. */
const readings = ['', '_as_recorded'];

/** Resolutions of the rollups, as their tables are named. */
const levels = ['1m', '1h', '1d'];

export async function readSqlFiles(directory: URL): Promise<readonly SqlFile[]> {
  const parts = new Map(
    (await readTexts(new URL('parts/', directory))).map(({ name, text }) => [name, text]),
  );
  return (await readTexts(directory)).map((file) => sqlFile(file, parts));
}

export async function readViewFiles(directory: URL): Promise<readonly SqlFile[]> {
  const parts = new Map(
    (await readTexts(new URL('parts/', directory))).map(({ name, text }) => [name, text]),
  );
  const files = [...(await readTexts(new URL('base/', directory))), ...(await readTexts(directory))];
  return files
    .flatMap((file) =>
      file.name.includes('@level') ? levels.map((level) => given(file, { level })) : [file],
    )
    .flatMap((file) =>
      file.text.includes('@reading')
        ? readings.map((reading) => ({ ...given(file, { reading }), name: file.name + reading }))
        : [file],
    )
    .map((file) => sqlFile(file, parts));
}

/** A file before it is put together. */
interface SqlText {
  readonly name: string;
  readonly text: string;
  /** Tokens that hold in what it includes, too. */
  readonly tokens: Tokens;
}

type Tokens = Readonly<Record<string, string>>;

/** By name; without lines of comment. None where there is no such folder. */
async function readTexts(directory: URL): Promise<SqlText[]> {
  if (!existsSync(directory)) return [];
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (fileName) => {
      const text = await readFile(new URL(fileName, directory), 'utf8');
      return {
        name: fileName.slice(0, -'.sql'.length),
        text: text.replaceAll(/^\s*--.*$/gm, '').trim(),
        tokens: {},
      };
    }),
  );
}

function given(file: SqlText, tokens: Tokens): SqlText {
  return { ...file, name: replaced(file.name, tokens), tokens: { ...file.tokens, ...tokens } };
}

function sqlFile({ name, text, tokens }: SqlText, parts: ReadonlyMap<string, string>): SqlFile {
  const statements = statementsOf(included(text, tokens, parts));
  return {
    name,
    version: Number(/^(\d+)-/.exec(name)?.[1] ?? 0),
    checksum: createHash('sha256').update(statements.join(';')).digest('hex'),
    statements,
  };
}

/** What a part is given, it has beside the tokens of the file; what it includes has to be given it again. */
function included(
  text: string,
  tokens: Tokens,
  parts: ReadonlyMap<string, string>,
  own: Tokens = {},
): string {
  const read = replaced(text, { ...tokens, ...own });
  // A text may have brackets of its own.
  return read.replaceAll(/@include (\w+)\(((?:[^()]|\([^()]*\))*)\)/g, (_, name: string, pairs: string) => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`there is no part ${name} to include`);
    const texts = [...pairs.matchAll(/(\w+) = ([^,]*)/g)].map(([, token = '', text = '']) => [
      token,
      text.trim(),
    ]);
    return included(part, tokens, parts, Object.fromEntries(texts) as Tokens);
  });
}

function replaced(text: string, tokens: Tokens): string {
  return Object.entries(tokens).reduce(
    (whole, [token, value]) => whole.replaceAll(`@${token}`, () => value),
    text,
  );
}

/** A statement ends with a semicolon at the end of a line. */
function statementsOf(text: string): string[] {
  return text
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
