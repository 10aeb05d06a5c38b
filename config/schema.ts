/** Every key of the configuration and what it allows. Meaning and unit of each are told in default.yaml. */
import { alertKinds } from '../src/domain/alert-kind.ts';
import { isCurrency } from '../src/domain/currency.ts';
import { isId, isSymbol } from '../src/domain/identifier.ts';
import { instrumentProblem, scaleMax } from '../src/domain/instrument.ts';
import {
  leaf,
  anyText,
  choice,
  confidential,
  flag,
  integer,
  listOf,
  manyOf,
  mapOf,
  number,
  optionals,
  orUnset,
  secret,
  section,
  text,
} from './kind.ts';
import type { TypeOf } from './kind.ts';
import { isLoopback } from './loopback.ts';
import { parsePeriodMs } from './period.ts';

const port = integer(1, 65_535, 'a TCP port');
const currency = text('a currency code such as USD, 3 to 5 capital letters', isCurrency);
const period = text('a period such as 250ms, 1s, 15m, 1h or 7d', (value) => parsePeriodMs(value) !== null);
const kept = text(
  'a period of a day or more such as 90d, or forever',
  (value) => value === 'forever' || (parsePeriodMs(value) ?? 0) >= 86_400_000,
);
const natsUrl = text('nats://host:port, several separated by commas, without a user', (value) =>
  value.split(',').every((each) => /^(nats|tls):\/\/[^\s,@]+$/.test(each.trim())),
);
const httpUrl = text(
  'http://host:port or https://host:port, without a user',
  (value) => /^https?:\/\/[^\s@]+$/.test(value) && URL.canParse(value),
);
const receiverUrl = text(
  'http://host/path or https://host/path',
  (value) => /^https?:\/\/\S+$/.test(value) && URL.canParse(value),
);
const nkeySeed = leaf<string>(
  "the seed of a user's nkey: SU and 56 more capital letters and digits",
  (value) => typeof value === 'string' && /^SU[A-Z2-7]{56}$/.test(value),
  { isText: true, isSecret: true },
);
const keysUrl = text('https://host/path, or http:// on loopback', isKeysUrl);
const tokenSecret = leaf<string>(
  'text of 32 bytes or more',
  (value) => typeof value === 'string' && Buffer.byteLength(value) >= 32,
  { isText: true, isSecret: true },
);
const id = text('the id of an account, or _ for the system', isId);
const timezone = text('an IANA time zone such as America/New_York', isTimezone);
const clockTime = text('a time of day such as "17:00"', (value) => /^([01]\d|2[0-3]):[0-5]\d$/.test(value));
const priceScale = integer(0, scaleMax, 'decimals');
const subject = text('a NATS subject', (value) => /^[^\s.]+(\.[^\s.]+)*$/.test(value));

const multiplier = leaf<number | string>(
  'a positive decimal, as a number or as text',
  (value) => instrumentProblem({ multiplier: value as number }) === null,
);

const instrument = optionals({
  currency,
  price_scale: priceScale,
  quantity_scale: integer(0, scaleMax, 'decimals'),
  multiplier,
  style: choice('spot', 'margined'),
  sector: anyText,
  geography: anyText,
  asset_class: anyText,
  initial_margin_rate: number(0, 1000, 'of the market value'),
  maintenance_margin_rate: number(0, 1000, 'of the market value'),
});

export const schema = section({
  nats: section({
    url: orUnset(natsUrl),
    user: orUnset(anyText),
    password: secret,
    token: orUnset(secret),
    nkey: orUnset(nkeySeed),
    creds_file: orUnset(anyText),
    ca_file: orUnset(anyText),
    cert_file: orUnset(anyText),
    key_file: orUnset(anyText),
    port,
  }),
  clickhouse: section({
    url: orUnset(httpUrl),
    user: anyText,
    password: secret,
    ca_file: orUnset(anyText),
    database: anyText,
  }),
  store: section({ port }),
  http: section({
    host: text('an address such as 127.0.0.1 or 0.0.0.0', (value) => /^[\w.:-]+$/.test(value)),
    port,
    requests_a_minute: integer(1, 1_000_000_000, 'requests'),
  }),
  auth: section({
    mode: choice('none', 'jwt'),
    secret: orUnset(tokenSecret),
    jwks_url: orUnset(keysUrl),
    algorithm: choice('RS256', 'PS256', 'ES256', 'EdDSA'),
    audience: anyText,
    issuer: orUnset(anyText),
  }),
  webhooks: confidential(
    listOf(
      { url: receiverUrl, secret: tokenSecret },
      { kinds: manyOf(choice(...alertKinds)), accounts: manyOf(id) },
    ),
  ),
  data_dir: anyText,
  partitions: integer(1, 1024, 'partitions'),
  tick: section({ source: choice('clock', 'nats'), interval_ms: integer(1, 60_000, 'milliseconds') }),
  prices: section({
    mark: choice('mid', 'last', 'exit'),
    capture: flag,
    stale_after_ms: integer(1, 31_536_000_000, 'milliseconds'),
    max_future_ms: integer(0, 86_400_000, 'milliseconds'),
    from_settlements: choice('unpriced', 'always', 'never'),
    sources: listOf(
      { subject, symbol: anyText },
      { price: anyText, bid: anyText, ask: anyText, ts: anyText, price_scale: priceScale },
    ),
    guard: section({
      max_move_percent: number(0, 1_000_000, 'percent, 0 is off'),
      confirm_ticks: integer(1, 1000, 'ticks'),
    }),
  }),
  accounts: section({
    auto_open: flag,
    base_currency: currency,
    timezone,
    cutover: clockTime,
    calendar: choice('weekdays', 'all'),
  }),
  currencies: mapOf('currency codes', isCurrency, integer(0, scaleMax, 'decimals of the minor unit')),
  fx: section({ pivot: currency }),
  instruments: mapOf('symbols', isSymbol, instrument),
  performance: section({
    dust_minor: integer(0, 1_000_000_000, 'minor units'),
    min_returns: integer(2, 100_000, 'daily returns'),
    min_days: integer(1, 100_000, 'days'),
  }),
  duplicates: section({ ids: integer(1, 1_000_000, 'event ids an account') }),
  voids: section({ wait_ms: integer(0, 86_400_000, 'milliseconds') }),
  curve: section({
    resolution: text(
      'tick, or a period such as 250ms, 1s or 1m',
      (v) => v === 'tick' || parsePeriodMs(v) !== null,
    ),
  }),
  retention: section({ rows: kept, minutes: kept, hours: kept, days: kept }),
  checkpoint: section({ interval_ms: integer(10, 600_000, 'milliseconds') }),
  frames: section({ flush_interval_ms: integer(1, 60_000, 'milliseconds'), max_age: period }),
  log: section({ level: choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent') }),
});

export type Config = TypeOf<typeof schema>;

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Keys that somebody on the way could replace are no keys. */
function isKeysUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
