/** The words and signs of a statement's text, past comments, strings and quoted names. Knows no grammar. */

export interface Token {
  readonly kind: 'word' | 'quoted' | 'sign';
  readonly text: string;
  readonly at: number;
}

const blank = /\s+|--[^\n]*|#[! ][^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const heredoc = /\$(\w*)\$[\s\S]*?\$\1\$/y;
const word = /[\p{L}_\d$][\p{L}\p{N}_$.]*/uy;
const quoted =
  /'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)|`(?:[^`\\]|\\[\s\S]|``)*(?:`|$)/y;

export function* tokens(text: string, start = 0): Generator<Token, void, undefined> {
  let at = start;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const skipped = match(blank);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const literal = match(quoted) ?? match(heredoc);
    const name = literal === undefined ? match(word) : undefined;
    const found = literal ?? name ?? text.charAt(at);
    yield { kind: literal !== undefined ? 'quoted' : name !== undefined ? 'word' : 'sign', text: found, at };
    at += found.length;
  }
}
