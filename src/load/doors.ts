/** What a load test asks the system under test, as types; the command line brings the connections. */
export interface LoadDoors {
  /** The reply of `tidemark.inspect`; null for an account that the engine does not know. */
  inspect(account: string): Promise<Readonly<Record<string, unknown>> | null>;
  stats(): Promise<Readonly<Record<string, unknown>>>;
  /** Rows of a statement in ClickHouse; 64-bit integers as text. */
  rows<T>(statement: string, parameters: Readonly<Record<string, unknown>>): Promise<T[]>;
}
