/**
 * The documents name what is there: commands and their options, scripts, links, files, tests, keys, fields and reasons.
 * Reads them as text; cannot know whether what they say of it is true.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { Command } from 'commander';
import { environmentKeys } from '../config/load.ts';
import { rejectionReasons } from '../src/domain/rejection.ts';
import { runTidemark } from './support/tidemark.ts';

const root = new URL('../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const isThere = (path: string): boolean => existsSync(new URL(path, root));

const documents = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
].map((path) => ({ path, text: textOf(path) }));
const readme = textOf('README.md');

describe('the documents', () => {
  it('name commands that there are, with options that they have', async () => {
    const { stdout } = await runTidemark(['--help']);
    const known = new Set([...stdout.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name = '']) => name));
    const wrong: string[] = [];
    let found = 0;
    for (const { line, tokens } of documents.flatMap(({ text }) => commandLines(text))) {
      found++;
      const name = tokens.find((token) => !token.startsWith('-')) ?? '';
      if (!known.has(name)) wrong.push(line);
      else {
        const options = await optionsOf(name, tokens.slice(tokens.indexOf(name) + 1));
        for (const token of tokens) if (token.startsWith('--') && !options.has(token)) wrong.push(line);
      }
    }
    assert.ok(found > 30, 'there are such lines');
    assert.deepEqual(wrong, []);
  });

  it('name every command', async () => {
    const { stdout } = await runTidemark(['--help']);
    const named = new Set(commandLines(readme).flatMap(({ tokens }) => tokens));
    const all = [...stdout.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name = '']) => name);
    assert.deepEqual(
      all.filter((name) => name !== 'help' && !named.has(name)),
      [],
    );
  });

  it('name scripts of package.json', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = documents.flatMap(({ text }) =>
      [...text.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g)].map(
        ([, run, short]) => run ?? short ?? '',
      ),
    );
    assert.ok(named.length > 0, 'there are such lines');
    assert.deepEqual(
      named.filter((name) => !(name in scripts)),
      [],
    );
  });

  it('link to files and headings that there are', () => {
    const wrong = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !leadsSomewhere(path, target))
        .map((target) => `${path}: ${target}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('name files that there are', () => {
    const file = /`((?:src|actors|streams|config|test|scripts|docs|bin|\.ci)\/[\w./-]*)`/g;
    const wrong = documents.flatMap(({ path, text }) =>
      [...text.matchAll(file)]
        .map(([, name = '']) => name)
        // Written by a run, or beside the checkout: may be missing.
        .filter((name) => name !== 'docs/benchmarks.md' && !isThere(name))
        .map((name) => `${path}: ${name}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('name keys and variables of the configuration', () => {
    const variables = new Set([...environmentKeys().keys(), 'TIDEMARK_CONFIG']);
    const keys = [...environmentKeys().values()].map(({ key }) => key);
    const sections = new Set(keys.map((key) => key.split('.')[0] ?? ''));
    const isKey = (name: string): boolean => keys.some((key) => key === name || key.startsWith(`${name}.`));
    const wrong = documents.flatMap(({ path, text }) => [
      ...[...text.matchAll(/\bTIDEMARK_[A-Z_]+/g)]
        .map(([name]) => name)
        .filter((name) => !variables.has(name))
        .map((name) => `${path}: ${name}`),
      ...[...text.matchAll(/`([a-z]+)((?:\.[a-z_]+)+)`/g)]
        .filter(([, section = '']) => sections.has(section))
        .map(([, section = '', rest = '']) => section + rest)
        .filter((name) => !isKey(name))
        .map((name) => `${path}: ${name}`),
    ]);
    assert.deepEqual(wrong, []);
  });

  it('explain every field of the equity message, in its order', () => {
    const { properties } = JSON.parse(textOf('docs/schemas/equity.json')) as { properties: object };
    const section = sectionOf(readme, 'The equity message');
    const example = /```json\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
    assert.deepEqual(firstColumn(section), Object.keys(properties));
    assert.deepEqual(Object.keys(JSON.parse(example) as object), Object.keys(properties));
  });

  it('explain every reason to refuse, in its order', () => {
    assert.deepEqual(firstColumn(sectionOf(readme, 'Dead letters')), rejectionReasons);
  });

  it('prove invariants by tests that there are', () => {
    const lines = textOf('docs/invariants.md')
      .split('\n')
      .filter((line) => line.startsWith('- '));
    const wrong = lines.filter((line) => {
      const [, file = '', name = ''] = /^- `(test\/[\w./-]+\.ts)`: "(.+)"$/.exec(line) ?? [];
      return file === '' || !isThere(file) || !hasTest(textOf(file), name);
    });
    assert.ok(lines.length > 50, 'there are such lines');
    assert.deepEqual(wrong, []);
  });
});

interface CommandLine {
  readonly line: string;
  readonly tokens: readonly string[];
}

/** Calls of the command: its words, without what stands in quotes or in place of an argument. */
function commandLines(text: string): CommandLine[] {
  return [...text.matchAll(/(?:npx tidemark|node bin\/tidemark\.mjs) ([^\n`#]+)/g)].map(
    ([line, rest = '']) => ({
      line,
      tokens: rest
        .replace(/"[^"]*"|'[^']*'|<[^>]*>/g, '')
        .replace(/--config \S+|--json|--help/g, '')
        .replace(/[[\]]/g, ' ')
        .split(/[\s,]+/)
        .filter((token) => token !== ''),
    }),
  );
}

/** The options of a command, or of the subcommand that the words behind it name. */
async function optionsOf(name: string, rest: readonly string[]): Promise<Set<string>> {
  const program = new Command();
  const file = (await import(new URL(`src/cli/${name}.ts`, root).href)) as { register(to: Command): void };
  file.register(program);
  const command = program.commands.find((each) => each.name() === name);
  const inner = command?.commands.find((each) => rest.includes(each.name()));
  return new Set([command, inner].flatMap((each) => each?.options.map(({ long }) => long ?? '') ?? []));
}

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', heading] = target.split('#');
  const path = file === '' ? from : posix.join(posix.dirname(from), file);
  if (!isThere(path)) return false;
  return heading === undefined || headings(textOf(path)).includes(heading);
}

/** As anchors: lower case, without punctuation, spaces as dashes. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

function sectionOf(text: string, heading: string): string {
  const found = text.split(/^## /m).find((section) => section.startsWith(`${heading}\n`));
  assert.ok(found !== undefined, `there is a section ${heading}`);
  return found;
}

/** The names in the first column of a table. */
function firstColumn(text: string): string[] {
  return [...text.matchAll(/^\| `([\w]+)` \|/gm)].map(([, name = '']) => name);
}

function hasTest(source: string, name: string): boolean {
  const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``];
  return quoted.some((text) => source.includes(`it(${text}`));
}
