/**
 * A rebase of `accounts.<account>`: shape and figures only. What no computation can come to is malformed, so that
 * nobody rebases an account by a slip; whether the account waits for it is the ledger's to say.
 */
import type { RebaseEvent } from '../../src/domain/ledger-event.ts';
import type { Rejected } from '../../src/domain/rejection.ts';
import type { FieldReader, Message } from './fields.ts';
import { refused } from './settlement-message.ts';

export function readRebase(fields: FieldReader, m: Message): RebaseEvent | Rejected {
  fields.start(m);
  const id = fields.id('id');
  const of = fields.integer('of');
  if (of < 1) fields.fail('of', 0);
  if (id !== `rebase-${String(of)}`) fields.fail('id', '');
  /** Not null, and NaN where it is null. */
  const ratio = (field: string, isWithin: (x: number) => boolean): number => {
    const x = m[field];
    if (x === null) return NaN;
    return typeof x === 'number' && Number.isFinite(x) && isWithin(x) ? x : fields.fail(field, NaN);
  };
  const needed = (field: string, isWithin: (x: number) => boolean): number =>
    m[field] === null ? fields.fail(field, NaN) : ratio(field, isWithin);
  const time = (field: string): number => needed(field, isTime);
  const event: RebaseEvent = {
    kind: 'rebase',
    id,
    of,
    from: time('from'),
    through: time('through'),
    unitsFactor: ratio('units_factor', (x) => x > 0),
    units: ratio('units', () => true),
    nav: ratio('nav', (x) => x >= 0),
    epoch: needed('epoch', (x) => Number.isSafeInteger(x) && x >= 1),
    wipedOut: m['wiped_out'] === true,
    peakNav: ratio('peak_nav', (x) => x > 0),
    peakTime: ratio('peak_ts', isTime),
    maxDrawdown: needed('max_drawdown', isDrawdown),
    maxDrawdownLife: needed('max_drawdown_life', isDrawdown),
    peakProfit: fields.integer('peak_profit'),
    dayOpenNav: needed('day_open_nav', (x) => x >= 0),
    dayOpenEquity: fields.integer('day_open_equity'),
    ts: fields.optionalTime('ts'),
  };
  if (typeof m['wiped_out'] !== 'boolean') fields.fail('wiped_out', null);
  const wrong = contradiction(event);
  if (wrong !== null) fields.fail(wrong, null);
  return fields.wrong === '' ? event : refused(fields, 'rebase');
}

const isTime = (x: number): boolean => Number.isSafeInteger(x) && x >= 0;
const isDrawdown = (x: number): boolean => x >= -1 && x <= 0;

/** The field that the others contradict; null where they agree. */
function contradiction(e: RebaseEvent): string | null {
  if (e.maxDrawdownLife > e.maxDrawdown) return 'max_drawdown_life';
  // Units, nav and peak exist together, from the first flow on; after ruin nothing hangs on the units.
  if (Number.isNaN(e.units) && !Number.isNaN(e.nav) && !e.wipedOut) return 'units';
  if (Number.isNaN(e.nav) !== Number.isNaN(e.peakNav)) return 'peak_nav';
  if (Number.isNaN(e.nav) && !Number.isNaN(e.units)) return 'nav';
  // A withdrawal of more than there is leaves units below zero (nav stands until a flow): nothing to compare.
  if (!(e.units > 0) && !Number.isNaN(e.unitsFactor)) return 'units_factor';
  if (e.wipedOut && !(e.nav === 0)) return 'wiped_out';
  if (!e.wipedOut && e.nav === 0) return 'nav';
  return null;
}
