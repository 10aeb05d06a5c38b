/**
 * Kinds of configuration values: each says in words what it allows, judges a value, and gives it its TypeScript
 * type, so that the schema is written once. Knows no key of Tidemark.
 *
 * Why not a schema library: loading one takes 300-500 ms, half of what a CLI command takes in all, and none of
 * them says what is allowed in a sentence.
 */

export interface Problem {
  readonly key: string;
  readonly value: unknown;
  readonly allowed: string;
}

export interface Kind<T> {
  readonly allowed: string;
  /** Everything that is wrong with the value, by key; none when it is a T. */
  problems(key: string, value: unknown): Problem[];
  /** The kinds of a section's keys. */
  readonly fields?: Readonly<Record<string, Kind<unknown>>>;
  /** Whether the text of an environment variable is the value itself, not YAML. */
  readonly isText?: boolean;
  readonly isSecret?: boolean;
  /** Never set: carries the type only. */
  readonly type?: T;
}

export type TypeOf<K> = K extends Kind<infer T> ? T : never;
type Fields = Readonly<Record<string, Kind<unknown>>>;
type TypesOf<F extends Fields> = { readonly [K in keyof F]: TypeOf<F[K]> };

/** A kind that only a predicate can judge. */
export function leaf<T>(
  allowed: string,
  accepts: (value: unknown) => boolean,
  more: Partial<Kind<T>> = {},
): Kind<T> {
  return {
    allowed,
    problems: (key, value) =>
      accepts(value) ? [] : [{ key, value: more.isSecret ? '(hidden)' : value, allowed }],
    ...more,
  };
}

export function text(allowed: string, accepts: (value: string) => boolean): Kind<string> {
  return leaf(allowed, (value) => typeof value === 'string' && accepts(value), { isText: true });
}

export const anyText: Kind<string> = text('text of at least one character', (value) => value !== '');

export const secret: Kind<string> = leaf('text', (value) => typeof value === 'string', {
  isText: true,
  isSecret: true,
});

export function integer(min: number, max: number, unit = ''): Kind<number> {
  const allowed = `an integer from ${min} to ${max}${unit === '' ? '' : ` (${unit})`}`;
  return leaf(
    allowed,
    (value) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
  );
}

export function number(min: number, max: number, unit = ''): Kind<number> {
  const allowed = `a number from ${min} to ${max}${unit === '' ? '' : ` (${unit})`}`;
  return leaf(allowed, (value) => typeof value === 'number' && value >= min && value <= max);
}

export const flag: Kind<boolean> = leaf('true or false', (value) => typeof value === 'boolean');

export function choice<const T extends string>(...choices: readonly T[]): Kind<T> {
  const allowed = `one of ${choices.join(', ')}`;
  return leaf(allowed, (value) => choices.includes(value as T), { isText: true });
}

/** `null` in YAML, an empty environment variable: not set. */
export function orUnset<T>(kind: Kind<T>): Kind<T | null> {
  const allowed = `${kind.allowed}, or null when unset`;
  return {
    ...kind,
    allowed,
    problems: (key, value) =>
      value === null ? [] : kind.problems(key, value).map((p) => ({ ...p, allowed })),
  };
}

export function section<const F extends Fields>(fields: F): Kind<TypesOf<F>> {
  return { ...record(fields, {}), fields };
}

/** A list of records: `required` keys and `optional` ones. */
export function listOf<const R extends Fields, const O extends Fields>(
  required: R,
  optional: O,
): Kind<readonly (TypesOf<R> & Partial<TypesOf<O>>)[]> {
  const item = record(required, optional);
  const allowed = `a list of records with ${names(required)} and optionally ${names(optional)}`;
  return {
    allowed,
    problems: (key, value) =>
      Array.isArray(value)
        ? value.flatMap((each: unknown, i) => item.problems(`${key}[${i}]`, each))
        : [{ key, value, allowed }],
  };
}

/** A list of at least one value of a kind. */
export function manyOf<T>(kind: Kind<T>): Kind<readonly T[]> {
  const allowed = `a list of: ${kind.allowed}`;
  return {
    allowed,
    problems: (key, value) =>
      Array.isArray(value) && value.length > 0
        ? value.flatMap((each: unknown, i) => kind.problems(`${key}[${i}]`, each))
        : [{ key, value, allowed }],
  };
}

/** Whatever is wrong with it, it is not shown: with a secret in the wrong place neither that is. */
export function confidential<T>(kind: Kind<T>): Kind<T> {
  const problems: Kind<T>['problems'] = (key, value) =>
    kind.problems(key, value).map((problem) => ({ ...problem, value: '(hidden)' }));
  return { ...kind, isSecret: true, problems };
}

/** A map from names that `isName` accepts to values of a kind. */
export function mapOf<T>(
  nameAllowed: string,
  isName: (name: string) => boolean,
  kind: Kind<T>,
): Kind<Readonly<Record<string, T>>> {
  const allowed = `a map from ${nameAllowed} to ${kind.allowed}`;
  return {
    allowed,
    problems: (key, value) =>
      isRecord(value)
        ? Object.entries(value).flatMap(([name, each]) =>
            isName(name)
              ? kind.problems(`${key}.${name}`, each)
              : [{ key: `${key}.${name}`, value: each, allowed: `only ${nameAllowed} as a name` }],
          )
        : [{ key, value, allowed }],
  };
}

/** A record of optional keys. */
export function optionals<const O extends Fields>(optional: O): Kind<Partial<TypesOf<O>>> {
  return record({}, optional);
}

function record<R extends Fields, O extends Fields>(
  required: R,
  optional: O,
): Kind<TypesOf<R> & Partial<TypesOf<O>>> {
  const all: Fields = { ...required, ...optional };
  const allowed = `a record of ${names(all)}`;
  return {
    allowed,
    problems(key, value) {
      if (!isRecord(value)) return [{ key: key === '' ? '(everything)' : key, value, allowed }];
      const found: Problem[] = [];
      for (const [name, each] of Object.entries(value)) {
        const kind = Object.hasOwn(all, name) ? all[name] : undefined;
        if (kind !== undefined) found.push(...kind.problems(join(key, name), each));
        else
          found.push({
            key: join(key, name),
            value: soundsSecret(name) ? '(hidden)' : each,
            allowed: `no such key; here are ${names(all)}`,
          });
      }
      for (const [name, kind] of Object.entries(required)) {
        if (!Object.hasOwn(value, name))
          found.push({ key: join(key, name), value: undefined, allowed: kind.allowed });
      }
      return found;
    },
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of a key that there is not: what it may have been meant for. */
export function soundsSecret(name: string): boolean {
  return /secret|pas|token|seed|key|cred/i.test(name);
}

function join(key: string, name: string): string {
  return key === '' ? name : `${key}.${name}`;
}

function names(fields: Fields): string {
  return Object.keys(fields).join(', ');
}
