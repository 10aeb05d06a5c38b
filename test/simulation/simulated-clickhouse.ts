/**
 * ClickHouse of the simulated world: takes the text of an insert and its rows, once a token; is away, and says that an
 * insert failed that did not. Knows nothing of frames.
 */
/** By column. */
export type StoredRow = Readonly<Record<string, unknown>>;

const statement = /^INSERT INTO (\w+) \(([^)]*)\) SETTINGS .*insert_deduplication_token = '([^']*)'/;

export class SimulatedClickHouse {
  readonly tables = new Map<string, StoredRow[]>();
  isAway = false;
  private readonly tokens = new Set<string>();

  insert(query: string, body: Uint8Array): void {
    const [, table = '', columns = '', token = ''] = statement.exec(query) ?? [];
    if (table === '') throw new Error(`not an insert: ${query}`);
    const key = `${table} ${token}`;
    if (this.tokens.has(key)) return;
    this.tokens.add(key);
    const rows = this.tables.get(table) ?? [];
    this.tables.set(table, rows);
    const names = columns.split(', ');
    for (const line of Buffer.from(body).toString().split('\n')) {
      if (line === '') continue;
      const values = JSON.parse(line) as unknown[];
      rows.push(Object.fromEntries(names.map((name, i) => [name, values[i]])));
    }
  }

  rows(table: string): readonly StoredRow[] {
    return this.tables.get(table) ?? [];
  }
}
