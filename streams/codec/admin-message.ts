/** What opens, configures, suspends, resumes, closes and rebases an account, of `accounts.<account>`. */
import { limits } from '../../config/limits.ts';
import {
  adminKinds,
  type AdminEvent,
  type AdminKind,
  type RebaseEvent,
} from '../../src/domain/ledger-event.ts';
import type { Rejected } from '../../src/domain/rejection.ts';
import { isZone, minutesOf } from '../../src/domain/session-day.ts';
import type { FieldReader, Message } from './fields.ts';
import { readRebase } from './rebase-message.ts';
import { refused } from './settlement-message.ts';

const namedSettings = ['account_type', 'benchmark', 'margin_model'] as const;

export function readAdmin(fields: FieldReader, m: Message): AdminEvent | RebaseEvent | Rejected {
  fields.start(m);
  const type = m['type'];
  if (type === 'rebase') return readRebase(fields, m);
  if (typeof type !== 'string' || type === '') fields.fail('type', null);
  const name = fields.has('name') ? fields.optionalText('name', limits.eventNameCharsMax) : null;
  const baseCurrency = fields.has('base_currency')
    ? fields.name('base_currency', limits.eventNameCharsMax)
    : null;
  const timezone = fields.has('timezone') ? fields.name('timezone', limits.eventNameCharsMax) : null;
  if (timezone !== null && !isZone(timezone)) fields.fail('timezone', null);
  const cutover = fields.has('cutover') ? minutesOf(fields.name('cutover', limits.eventNameCharsMax)) : null;
  if (fields.has('cutover') && cutover === null) fields.fail('cutover', null);
  const settings = readSettings(fields, m);
  const ts = fields.optionalTime('ts');
  if (fields.wrong !== '' || !isAdminKind(type)) return refused(fields, type);
  return { kind: type, name, baseCurrency, timezone, cutoverMinutes: cutover, settings, ts };
}

function readSettings(fields: FieldReader, m: Message): Readonly<Record<string, unknown>> {
  const settings: Record<string, unknown> = {};
  for (const field of namedSettings) {
    if (fields.has(field)) settings[field] = fields.name(field, limits.eventNameCharsMax);
  }
  if (fields.has('calendar')) {
    settings['calendar'] = fields.oneOf('calendar', 'weekdays', 'all') ? 'weekdays' : 'all';
  }
  const accountLimits = m['limits'];
  if (accountLimits !== undefined) {
    if (isPlainData(accountLimits, limits.settingsDepthMax)) settings['limits'] = accountLimits;
    else fields.fail('limits', null);
  }
  return settings;
}

/** An object or array of bounded depth, so that whoever writes it out again need not fear it. */
function isPlainData(x: unknown, depthMax: number): boolean {
  if (typeof x !== 'object' || x === null) return false;
  return Object.values(x).every((each) =>
    typeof each === 'object' && each !== null ? depthMax > 1 && isPlainData(each, depthMax - 1) : true,
  );
}

function isAdminKind(type: unknown): type is AdminKind {
  return (adminKinds as readonly unknown[]).includes(type);
}
