/** Ids of accounts and events, and symbols as they stand in subjects and keys. */

const idText = /^[A-Za-z0-9_-]{1,64}$/;
const tradeIdText = /^[A-Za-z0-9_-]{1,59}$/;
const symbolText = /^[!-~]{1,64}$/;

export function isId(text: string): boolean {
  return idText.test(text);
}

/** Room for "-buy" and "-sell". */
export function isTradeId(text: string): boolean {
  return tradeIdText.test(text);
}

/** An event's id: text, or a JSON integer taken as its decimal string; null when it is neither. */
export function idOf(x: unknown): string | null {
  if (typeof x === 'string') return isId(x) ? x : null;
  return typeof x === 'number' && Number.isSafeInteger(x) ? String(x) : null;
}

/** "9" before "10" before "1a": ids that are numbers by number, then the others by their bytes. */
export function compareIds(a: string, b: string): number {
  const rank = (id: string): number => (/^\d{1,15}$/.test(id) ? Number(id) : Infinity);
  const [first, second] = [rank(a), rank(b)];
  if (first !== second) return first < second ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** 1 to 64 printable ASCII characters without space, `*` and `>`. */
export function isSymbol(text: string): boolean {
  return symbolText.test(text) && !text.includes('*') && !text.includes('>');
}

/** A symbol as one token of a subject: BRK.B is BRK%2EB. */
export function symbolToken(symbol: string): string {
  return symbol.replace(/[.%]/g, (c) => (c === '.' ? '%2E' : '%25'));
}

/** The symbol of a subject's token; null where it is none. */
export function tokenSymbol(token: string): string | null {
  const symbol = token.includes('%') ? token.replace(/%2E/gi, '.').replace(/%25/g, '%') : token;
  return isSymbol(symbol) && !/%(?!25|2[Ee])/.test(token) ? symbol : null;
}

/** A symbol as a key of a KV bucket, where `%` is not allowed: BRK.B is BRK=2EB. */
export function symbolKey(symbol: string): string {
  return symbol.replace(
    /[^A-Za-z0-9_/-]/g,
    (c) => `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** The symbol of a KV key; null where it is none. */
export function keySymbol(key: string): string | null {
  const symbol = key.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return isSymbol(symbol) ? symbol : null;
}
