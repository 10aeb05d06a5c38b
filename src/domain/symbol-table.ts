/** Symbols as small integers: the row of every column about a symbol. Grows only. */
export class SymbolTable {
  private readonly ids = new Map<string, number>();
  private readonly names: string[] = [];

  get size(): number {
    return this.names.length;
  }

  /** The symbol's id, given at its first mention. */
  intern(symbol: string): number {
    let id = this.ids.get(symbol);
    if (id === undefined) {
      id = this.names.length;
      this.names.push(symbol);
      this.ids.set(symbol, id);
    }
    return id;
  }

  /** The symbol's id, or -1 if it was never mentioned. */
  find(symbol: string): number {
    return this.ids.get(symbol) ?? -1;
  }

  name(id: number): string {
    return this.names[id] ?? '';
  }
}
