/** The currency an instrument is traded in, as the engine would find it: KV bucket, then configuration, then default. */
import type { Config } from '../../config/load.ts';
import { instrumentsBucket } from '../../streams/sources/stream-definitions.ts';
import { symbolKey } from '../domain/identifier.ts';
import { instrumentOf, type InstrumentFields } from '../domain/instrument.ts';
import type { NatsDoor } from './nats.ts';

const decoder = new TextDecoder();

export async function instrumentCurrency(nats: NatsDoor, config: Config, symbol: string): Promise<string> {
  const kept = await nats.message(`KV_${instrumentsBucket}`, {
    last_by_subj: `$KV.${instrumentsBucket}.${symbolKey(symbol)}`,
  });
  const fields = kept === null || kept.payload.length === 0 ? null : fieldsOf(kept.payload);
  return instrumentOf(symbol, fields ?? config.instruments[symbol] ?? {}, config.currencies).currency;
}

/** What is no reference data is the engine's to refuse, not ours. */
function fieldsOf(payload: Uint8Array): InstrumentFields | null {
  try {
    const value: unknown = JSON.parse(decoder.decode(payload));
    const currency = (value as InstrumentFields | null)?.currency;
    return typeof currency === 'string' ? { currency } : {};
  } catch {
    return null;
  }
}
