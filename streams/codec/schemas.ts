/**
 * JSON Schemas of the messages on NATS, by name: published in docs/schemas, which `scripts/schemas.ts` writes. Types
 * beyond a schema's reach (a number's digits, a time zone, a currency) are judged by the decoders.
 */
import type { TSchema } from 'typebox';
import { accountMessage, cashMessage, settlementMessage } from './schema/ledger.ts';
import { accountAnswer, alertMessage, deadLetterMessage, equityMessage } from './schema/outputs.ts';
import { priceBatch, priceMessage, tickMessage } from './schema/prices.ts';
import { instrumentMessage, tradeMessage } from './schema/trades.ts';

export const schemas = {
  price: priceMessage,
  prices: priceBatch,
  tick: tickMessage,
  settlement: settlementMessage,
  cash: cashMessage,
  account: accountMessage,
  trade: tradeMessage,
  instrument: instrumentMessage,
  equity: equityMessage,
  inspect: accountAnswer,
  alert: alertMessage,
  dead_letter: deadLetterMessage,
} as const satisfies Readonly<Record<string, TSchema>>;

export type SchemaName = keyof typeof schemas;

/** The schema as a document of its own. */
export function schemaDocument(name: SchemaName): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `tidemark/${name}.json`,
    ...schemas[name],
  };
}
