/** The oracle that lies beside the checkout, for test/shared only. A checkout alone does without it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { OracleOptions } from './oracle.ts';

export interface SharedOracle {
  instrument(symbol: string, fields: object): void;
  price(symbol: string, message: object): boolean;
  apply(subject: string, message: object, sequence: number): object;
  tick(): string[];
  inspect(id: string): Record<string, unknown> | null;
  identity(id: string): Record<string, bigint>;
}

export type SharedOracleClass = new (options?: OracleOptions) => SharedOracle;

const path = new URL('../../../shared/oracle/oracle.mjs', import.meta.url);

export async function loadSharedOracle(): Promise<SharedOracleClass> {
  assert.ok(existsSync(path), 'this check needs ../shared/oracle/oracle.mjs beside the checkout');
  const { Oracle } = (await import(path.href)) as { Oracle: SharedOracleClass };
  return Oracle;
}
