/**
 * As much of ClickHouse's grammar as the endpoint needs: what kind of statement a text is, its FORMAT clause, where
 * the inline data of an insert begins. Everything else is left to the engine's parser. Offsets are into the text.
 */
import { StoreError, syntaxError } from './store-error.ts';
import { tokens, type Token } from './statement-tokens.ts';

export interface Statement {
  readonly kind: 'select' | 'insert' | 'kill' | 'other';
  /** Of the FORMAT clause, or `Values`; null: none. */
  readonly format: string | null;
  /** Where the FORMAT clause begins. */
  readonly formatAt: number | null;
  /** Where an insert's SETTINGS clause begins. */
  readonly settingsAt: number | null;
  /** Where an insert's inline data begins; null: the statement takes none. */
  readonly dataAt: number | null;
  /** Where `input` of `FROM input('...')` stands in an insert: a function that only a server has. */
  readonly inputAt: number | null;
  /** End of the statement, before a `;` that closes it. */
  readonly end: number;
  /** Totals and extremes come after the rows, so such a result cannot leave in chunks. */
  readonly totals: boolean;
}

export function readStatement(text: string): Statement {
  const first = tokens(text).next();
  if (first.done === true) throw syntaxError(': failed at position 1 (end of query): . Empty query');
  const word = first.value.kind === 'word' ? first.value.text.toUpperCase() : first.value.text;
  if (word === 'INSERT') return readInsert(text);
  const query = readQuery(text, 0);
  if (word === 'KILL') return { ...query, kind: 'kill' };
  return ['SELECT', 'WITH', 'FROM', '('].includes(word) ? query : { ...query, kind: 'other' };
}

/** A statement without inline data, from `start`: the clauses at its end. */
function readQuery(text: string, start: number): Statement {
  const all = topLevel(text, start);
  let format: Token | undefined;
  let formatAt: number | null = null;
  let end = text.length;
  let totals = false;
  let isSelect = true;
  for (const [at, token] of all.entries()) {
    const next = all[at + 1];
    const afterNext = all[at + 2];
    if (token.text === ';') {
      if (next !== undefined) {
        const rest = text.slice(token.at, token.at + 100);
        throw syntaxError(` (Multi-statements are not allowed): failed at position ${token.at + 1}: ${rest}`);
      }
      end = token.at;
    }
    if (token.kind !== 'word') continue;
    const word = token.text.toUpperCase();
    if (word === 'INSERT' && next?.text.toUpperCase() === 'INTO') isSelect = false;
    if (word === 'TOTALS') totals = true;
    if (word === 'INTO' && next?.text.toUpperCase() === 'OUTFILE') {
      throw new StoreError(358, 'INTO_OUTFILE_NOT_ALLOWED', 'INTO OUTFILE is not allowed');
    }
    const closes =
      afterNext === undefined || afterNext.text === ';' || afterNext.text.toUpperCase() === 'SETTINGS';
    if (word === 'FORMAT' && next?.kind === 'word' && closes) {
      format = next;
      formatAt = token.at;
    }
  }
  const kind = isSelect ? 'select' : 'other';
  const none = { settingsAt: null, dataAt: null, inputAt: null };
  return { kind, format: format?.text ?? null, formatAt, end, totals, ...none };
}

function readInsert(text: string): Statement {
  const insert = { kind: 'insert', end: text.length, totals: false, inputAt: null } as const;
  let settingsAt: number | null = null;
  let depth = 0;
  let formatAt: number | null = null;
  for (const token of tokens(text)) {
    depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (depth > 0 || token.kind !== 'word') continue;
    if (formatAt !== null) {
      return { ...insert, format: token.text, formatAt, settingsAt, dataAt: dataStart(text, token) };
    }
    switch (token.text.toUpperCase()) {
      case 'FORMAT':
        formatAt = token.at;
        break;
      case 'SETTINGS':
        settingsAt = token.at;
        break;
      case 'VALUES':
        return {
          ...insert,
          format: 'Values',
          formatAt: token.at,
          settingsAt,
          dataAt: token.at + token.text.length,
        };
      case 'INFILE':
        throw new StoreError(78, 'UNKNOWN_TYPE_OF_QUERY', 'Query has infile and was send directly to server');
      case 'SELECT':
      case 'WITH': {
        const inputAt = inputFunction(text, token.at);
        const query = readQuery(text, token.at);
        if (inputAt === null || query.format === null)
          return { ...query, kind: 'insert', settingsAt, inputAt: null };
        const name = text.indexOf(query.format, (query.formatAt ?? 0) + 'FORMAT'.length);
        const dataAt = dataStart(text, { kind: 'word', text: query.format, at: name });
        return { ...query, kind: 'insert', settingsAt, inputAt, dataAt };
      }
      default:
    }
  }
  return { ...insert, format: null, formatAt, settingsAt, dataAt: null };
}

/** By ClickHouse's rule: blanks after the format's name, then at most one line break, do not belong to the data. */
function dataStart(text: string, formatName: Token): number {
  const blanks = /^[ \t\f]*;?[ \t\f]*\r?\n?/.exec(text.slice(formatName.at + formatName.text.length));
  return formatName.at + formatName.text.length + (blanks?.[0].length ?? 0);
}

function inputFunction(text: string, start: number): number | null {
  let previous: Token | undefined;
  for (const token of tokens(text, start)) {
    if (token.text === '(' && previous?.kind === 'word' && previous.text.toLowerCase() === 'input')
      return previous.at;
    previous = token;
  }
  return null;
}

function topLevel(text: string, start: number): Token[] {
  const found: Token[] = [];
  let depth = 0;
  for (const token of tokens(text, start)) {
    if (token.text === '(') depth += 1;
    if (depth === 0) found.push(token);
    if (token.text === ')') depth -= 1;
  }
  return found;
}
