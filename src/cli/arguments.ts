/**
 * Arguments and options as they are typed, judged by one parser a kind; what is wrong with one is told with what is
 * allowed. Knows no command.
 */
import { InvalidArgumentError } from 'commander';
import { parsePeriodMs } from '../../config/period.ts';
import { isoTimeMs } from '../client/iso-time.ts';
import { isCurrency } from '../domain/currency.ts';
import { parseDecimal } from '../domain/decimal.ts';
import { isId, isSymbol, isTradeId } from '../domain/identifier.ts';
import { isDate } from '../domain/session-day.ts';

function judged(is: (text: string) => boolean, allowed: string): (text: string) => string {
  return (text) => {
    if (!is(text)) throw new InvalidArgumentError(`Allowed: ${allowed}.`);
    return text;
  };
}

const idAllowed = 'letters, digits, _ and -';

export const accountArgument = judged(isId, `an account id of 1 to 64 ${idAllowed}`);
export const idOption = judged(isId, `an event id of 1 to 64 ${idAllowed}`);
export const tradeIdOption = judged(isTradeId, `a trade id of 1 to 59 ${idAllowed}`);
export const symbolArgument = judged(
  isSymbol,
  'a symbol of 1 to 64 printable characters, without space, * and >',
);
export const currencyOption = judged(isCurrency, 'a currency code such as USD, 3 to 5 capital letters');
export const decimalArgument = judged(
  (text) => parseDecimal(text) !== null,
  'a plain decimal such as 187.23',
);
export const quantityArgument = judged(
  (text) => (parseDecimal(text)?.coefficient ?? 0) > 0,
  'a positive decimal such as 100 or 0.5',
);

export function countOption(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('Allowed: a positive integer.');
  }
  return count;
}

export function countOrNoneOption(text: string): number {
  return text === '0' ? 0 : countOption(text);
}

export function secondsOption(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds <= 0) {
    throw new InvalidArgumentError('Allowed: a positive number of seconds.');
  }
  return seconds;
}

/** Milliseconds of a length of time such as 30d, 12h or 500ms. */
export function periodOption(text: string): number {
  const ms = parsePeriodMs(text);
  if (ms === null)
    throw new InvalidArgumentError('Allowed: a length of time such as 500ms, 1s, 15m, 12h or 30d.');
  return ms;
}

export function timeOption(text: string): number {
  const ms = /^\d{12,14}$/.test(text) ? Number(text) : isoTimeMs(text);
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError(
      'Allowed: a date or time such as 2026-01-31, 2026-01-31T17:00:00-05:00 (UTC where it names no zone), or milliseconds since the epoch.',
    );
  }
  return ms;
}

/** A day stays a day, since when it begins and ends is the account's calendar to say; a time is milliseconds. */
export function dayOrTimeOption(text: string): number | string {
  return isDate(text) ? text : timeOption(text);
}

export function choiceOption<const T extends string>(...choices: readonly T[]): (text: string) => T {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new InvalidArgumentError(`Allowed: ${choices.join(', ')}.`);
    return found;
  };
}
