/**
 * Symbols of prices by the bytes they come in, each decoded and judged once. Bounded, so that a publisher of invented
 * symbols cannot fill the memory.
 */
import { limits } from '../../config/limits.ts';
import { isSymbol, tokenSymbol } from '../../src/domain/identifier.ts';
import type { SymbolTable } from '../../src/domain/symbol-table.ts';
import { ByteInterner } from './byte-interner.ts';
import { latin1 } from './latin1.ts';

export class SymbolLookup {
  private readonly symbols: SymbolTable;
  private readonly tokens = new ByteInterner(limits.symbolsMax);
  private readonly names = new ByteInterner(limits.symbolsMax);

  constructor(symbols: SymbolTable) {
    this.symbols = symbols;
  }

  /** The symbol of bytes[start..end) as a token of a subject (`BRK%2EB`); -1 where it is none. */
  ofToken(bytes: Uint8Array, start: number, end: number): number {
    const known = this.tokens.find(bytes, start, end);
    if (known >= 0) return known;
    const token = latin1(bytes, start, end);
    // A bare dot begins another token.
    const symbol = token.includes('.') ? null : tokenSymbol(token);
    return symbol === null ? -1 : this.remember(this.tokens, bytes, start, end, symbol);
  }

  /** The symbol of the plain text bytes[start..end); -1 where it is none. */
  ofText(bytes: Uint8Array, start: number, end: number): number {
    const known = this.names.find(bytes, start, end);
    if (known >= 0) return known;
    const symbol = latin1(bytes, start, end);
    return isSymbol(symbol) ? this.remember(this.names, bytes, start, end, symbol) : -1;
  }

  /** The symbol of text that is already a string; -1 where it is none. */
  ofString(text: string): number {
    if (!isSymbol(text)) return -1;
    const known = this.symbols.find(text);
    return known >= 0 ? known : this.symbols.size < limits.symbolsMax ? this.symbols.intern(text) : -1;
  }

  name(symbol: number): string {
    return this.symbols.name(symbol);
  }

  private remember(
    interner: ByteInterner,
    bytes: Uint8Array,
    start: number,
    end: number,
    symbol: string,
  ): number {
    const id = this.ofString(symbol);
    if (id >= 0) interner.add(bytes, start, end, id);
    return id;
  }
}
