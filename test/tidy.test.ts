/**
 * The rules of the house that a compiler does not hold: which folder may import which, how long a file may be, what
 * the core must not do. Reads every source file of the checkout as text.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dashboardLimits } from '../config/limits-dashboard.ts';
import { limits } from '../config/limits.ts';
import { environmentKeys } from '../config/load.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['src', 'actors', 'streams', 'config', 'scripts', 'test', 'bin', 'docs', 'web', '.ci'];
/** In a git worktree `.git` is a file. */
const skipped = ['package-lock.json', '.git'];
const linesMax = 400;
const fastifyPlugins = [
  'accepts',
  'compress',
  'etag',
  'helmet',
  'rate-limit',
  'static',
  'swagger',
  'swagger-ui',
  'type-provider-typebox',
  'websocket',
].map((name) => `@fastify/${name}`);
/** Keys that no code reads by name: the view `performance` finds its own in `settings`. */
const reserved = ['performance.min_returns', 'performance.min_days'];

interface Source {
  readonly path: string;
  readonly text: string;
}

const all: readonly Source[] = [
  ...folders.flatMap((folder) => read(folder)),
  ...readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !skipped.includes(entry.name))
    .map(({ name }) => ({ path: name, text: readFileSync(join(root, name), 'utf8') })),
].filter(({ path }) => !/^(docs\/schemas|web\/dist[^/]*)\//.test(path));
const code = all.filter(({ path }) => /\.(tsx?|js|mjs|cjs)$/.test(path));
const within = (...prefixes: string[]): Source[] =>
  code.filter(({ path }) => prefixes.some((prefix) => path.startsWith(prefix)));

describe('the house is tidy:', () => {
  /** What the files under a prefix may import: paths from the root, and packages. Node's own modules are free. */
  const arrows: readonly { of: string; may: readonly string[]; packages: readonly string[] }[] = [
    { of: 'src/domain/', may: ['src/domain/', 'config/limits.ts'], packages: ['luxon'] },
    { of: 'src/ledger/', may: ['src/ledger/', 'src/domain/', 'config/limits.ts'], packages: [] },
    {
      of: 'src/corrections/',
      may: ['src/corrections/', 'src/ledger/', 'src/domain/', 'config/limits.ts'],
      packages: [],
    },
    {
      of: 'actors/',
      may: ['actors/', 'src/ledger/', 'src/domain/', 'src/ports.ts', 'config/limits.ts'],
      packages: ['xstate'],
    },
    {
      of: 'streams/',
      may: ['streams/', 'src/domain/', 'src/ports.ts', 'src/failure.ts', 'src/version.ts', 'config/'],
      packages: ['rxjs', 'nats', '@clickhouse/client', 'typebox'],
    },
    { of: 'config/', may: ['config/', 'src/domain/'], packages: ['yaml'] },
    { of: 'src/ports.ts', may: ['src/domain/'], packages: ['rxjs'] },
    {
      of: 'src/client/',
      may: [
        'src/client/',
        'src/domain/',
        'src/ports.ts',
        'src/addresses.ts',
        'src/failure.ts',
        'src/quiet-log.ts',
        'streams/codec/',
        'streams/operators/',
        'streams/sources/',
        'config/',
      ],
      packages: ['nats', '@clickhouse/client'],
    },
    {
      of: 'src/gateway/',
      may: [
        'src/gateway/',
        'src/client/',
        'src/domain/',
        'src/ports.ts',
        'src/addresses.ts',
        'src/failure.ts',
        'src/version.ts',
        'streams/codec/',
        'config/',
      ],
      packages: ['fastify', ...fastifyPlugins, 'ajv', 'jose', 'prom-client', 'typebox', 'ws'],
    },
    {
      of: 'web/',
      may: ['web/', 'src/domain/currency.ts', 'src/domain/decimal.ts', 'config/limits-dashboard.ts'],
      packages: ['preact', '@preact/signals', 'lightweight-charts', 'vite'],
    },
    {
      of: 'src/store/',
      may: ['src/store/', 'src/ports.ts', 'src/domain/', 'src/process/is-alive.ts', 'config/limits.ts'],
      packages: ['chdb', '@clickhouse/client'],
    },
  ];

  for (const { of, may, packages } of arrows) {
    it(`${of} imports ${[...may, ...packages].join(', ')} and nothing else`, () => {
      assert.ok(within(of).length > 0, 'there are such files');
      const found = within(of).flatMap((source) =>
        importsOf(source)
          .filter(({ path, name }) =>
            path === null
              ? !packages.includes(packageOf(name))
              : !may.some((prefix) => path.startsWith(prefix)),
          )
          .map(({ name }) => `${source.path} imports ${name}`),
      );
      assert.deepEqual(found, []);
    });
  }

  it('nats is spoken to in streams/sources, streams/sinks and the one door of src/client', () => {
    onlyIn('nats', ['streams/sources/', 'streams/sinks/', 'src/client/nats.ts']);
  });

  it('ClickHouse is spoken to in streams/sinks, src/analytics, src/store and the one door of src/client', () => {
    onlyIn('@clickhouse/client', ['streams/sinks/', 'src/analytics/', 'src/store/', 'src/client/store.ts']);
  });

  it('nothing imports main.ts, the tests or the scripts, but the commands that run them', () => {
    const doors = new Map([
      ['src/cli/run.ts', 'src/main.ts'],
      ['src/cli/load.ts', 'scripts/'],
    ]);
    const found = within('src/', 'actors/', 'streams/', 'config/', 'web/').flatMap((source) =>
      importsOf(source)
        .filter(({ path }) => path !== null && /^(src\/main\.ts|test\/|scripts\/)/.test(path))
        .filter(({ path }) => !path?.startsWith(doors.get(source.path) ?? '(none)'))
        .map(({ name }) => `${source.path} imports ${name}`),
    );
    assert.deepEqual(found, []);
  });

  it('the CLI is imported by nobody', () => {
    const found = within('src/', 'actors/', 'streams/', 'config/')
      .filter(({ path }) => !path.startsWith('src/cli/'))
      .flatMap((source) =>
        importsOf(source)
          .filter(({ path }) => path?.startsWith('src/cli/'))
          .map(() => source.path),
      );
    assert.deepEqual(found, []);
  });

  it('the core knows neither the wall clock nor chance', () => {
    const core = within('src/domain/', 'src/ledger/', 'src/corrections/', 'actors/', 'streams/operators/');
    assert.deepEqual(
      linesWith(core, /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bMath\.random\b/),
      [],
    );
  });

  it('no money, price or quantity goes through parseFloat or toFixed', () => {
    const exact = within('src/domain/', 'src/ledger/', 'src/corrections/', 'actors/', 'streams/');
    assert.deepEqual(linesWith(exact, /\bparseFloat\b|\.toFixed\(/), []);
  });

  it('no test is skipped, or runs alone', () => {
    const tests = within('test/').filter(({ path }) => path !== 'test/tidy.test.ts');
    assert.deepEqual(
      linesWith(tests, /\b(describe|context|it)\.(only|skip)\b|\bthis\.skip\(|\bx(it|describe)\(/),
      [],
    );
  });

  it(`no file is longer than ${linesMax} lines`, () => {
    const long = code
      .filter(({ text }) => text.trimEnd().split('\n').length > linesMax)
      .map(({ path }) => path);
    assert.deepEqual(long, []);
  });

  it('every bound and every configuration key is used', () => {
    const textWithout = (...heads: string[]): string =>
      code
        .filter(({ path }) => !heads.some((head) => path.startsWith(head)))
        .map((source) => source.text)
        .join('\n');
    const text = textWithout('config/', 'test/');
    const bounded = textWithout('config/limits', 'test/');
    const unused = [
      ...Object.keys({ ...limits, ...dashboardLimits }).filter(
        (name) => !new RegExp(`\\b${name}\\b`).test(bounded),
      ),
      ...[...environmentKeys().values()]
        .map(({ key }) => key)
        .filter(
          (key) => !reserved.includes(key) && !new RegExp(`\\b${key.split('.').at(-1) ?? ''}\\b`).test(text),
        ),
    ];
    assert.deepEqual(unused, []);
  });

  it('files are kebab-case, with neither barrels nor utils', () => {
    const name = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d|config))?\.(tsx?|js|mjs|cjs)$/;
    const bad = code.filter(
      ({ path }) => !name.test(basename(path)) || /(^|\/)(index|utils?|helpers?|types)\.tsx?$/.test(path),
    );
    assert.deepEqual(
      bad.map(({ path }) => path),
      [],
    );
  });

  it('the head of a file says what it owns', () => {
    const headless = within('src/', 'actors/', 'streams/', 'config/', 'web/').filter(
      ({ path, text }) => !path.endsWith('.d.ts') && !text.startsWith('/**'),
    );
    assert.deepEqual(
      headless.map(({ path }) => path),
      [],
    );
  });

  it('no file knows the machine it was written on, or leaves work for later', () => {
    const paths = ['root', 'work', 'home', 'Users'].map((folder) => `(?<![\\w.*}/-])/${folder}/`).join('|');
    const notes = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|');
    assert.deepEqual(linesWith(all, new RegExp(`${paths}|\\b(${notes})\\b`)), []);
  });
});

function read(folder: string): Source[] {
  let names: string[];
  try {
    names = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(gz|png|ico|woff2?)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
  return names.map((path) => ({
    path: path.slice(root.length).replaceAll('\\', '/'),
    text: readFileSync(path, 'utf8'),
  }));
}

/** Static, dynamic and re-exported imports; `path` from the root for a file of ours, null for a package. */
function importsOf({ path, text }: Source): { name: string; path: string | null }[] {
  const found = text.matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...found]
    .map(([, name = '']) => name)
    .filter((name) => !name.startsWith('node:'))
    .map((name) => ({ name, path: name.startsWith('.') ? posix.join(posix.dirname(path), name) : null }));
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function onlyIn(wanted: string, places: readonly string[]): void {
  const found = within('src/', 'actors/', 'streams/', 'config/').filter(
    (source) =>
      !places.some((place) => source.path.startsWith(place)) &&
      importsOf(source).some(({ name }) => packageOf(name) === wanted),
  );
  assert.deepEqual(
    found.map(({ path }) => path),
    [],
  );
}

function linesWith(sources: readonly Source[], pattern: RegExp): string[] {
  return sources.flatMap(({ path, text }) =>
    text
      .split('\n')
      .map((line, i) => (pattern.test(line) ? `${path}:${i + 1}: ${line.trim()}` : ''))
      .filter((line) => line !== ''),
  );
}
