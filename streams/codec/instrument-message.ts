/** Reference data of an instrument, as on `instruments.<symbol>` and in the bucket INSTRUMENTS. */
import { limits } from '../../config/limits.ts';
import { instrumentProblem, type InstrumentFields } from '../../src/domain/instrument.ts';
import { rejected, type Rejected } from '../../src/domain/rejection.ts';
import { isObject, notJson, parseJson } from './json.ts';

const texts = ['sector', 'geography', 'asset_class'] as const;
const rates = ['initial_margin_rate', 'maintenance_margin_rate'] as const;
const judged = ['currency', 'price_scale', 'quantity_scale', 'multiplier', 'style'] as const;

export interface InstrumentMessage {
  readonly kind: 'instrument';
  readonly fields: InstrumentFields;
}

/** Fields that the contract does not know are dropped. */
export function readInstrument(payload: Uint8Array): InstrumentMessage | Rejected {
  const m = parseJson(payload);
  if (m === notJson) return rejected('malformed', 'not JSON');
  if (!isObject(m)) return rejected('malformed', 'not an object');
  const fields: Record<string, unknown> = {};
  for (const field of [...judged, ...texts, ...rates]) if (m[field] !== undefined) fields[field] = m[field];
  const problem = instrumentProblem(fields);
  if (problem !== null) return rejected('malformed', problem);
  for (const field of texts) {
    const x = m[field];
    if (x !== undefined && !(typeof x === 'string' && x !== '' && x.length <= limits.eventNameCharsMax)) {
      return rejected('malformed', field);
    }
  }
  for (const field of rates) {
    const x = m[field];
    if (x !== undefined && !(typeof x === 'number' && x >= 0 && x <= rateMax)) {
      return rejected('malformed', field);
    }
  }
  return { kind: 'instrument', fields };
}

/** Of the market value; as in the configuration. */
const rateMax = 1000;
