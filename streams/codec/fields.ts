/**
 * Judges single fields of a message: each gives the value or, in `wrong`, remembers the first field at fault. One
 * reused reader, so that a good message costs no allocation but its values.
 */
import { parseDecimal, type Decimal } from '../../src/domain/decimal.ts';
import { idOf, isSymbol } from '../../src/domain/identifier.ts';
import { isDate } from '../../src/domain/session-day.ts';

export type Message = Readonly<Record<string, unknown>>;

const none: Decimal = { coefficient: 0, scale: 0 };

export class FieldReader {
  private message: Message = {};
  /** The first field that was wrong; '' while none was. */
  wrong = '';

  start(message: Message): void {
    this.message = message;
    this.wrong = '';
  }

  has(field: string): boolean {
    return this.message[field] !== undefined;
  }

  id(field: string): string {
    return idOf(this.message[field]) ?? this.fail(field, '');
  }

  decimal(field: string): Decimal {
    return parseDecimal(this.message[field]) ?? this.fail(field, none);
  }

  optionalDecimal(field: string): Decimal | null {
    return this.has(field) ? this.decimal(field) : null;
  }

  integer(field: string): number {
    const x = this.message[field];
    return typeof x === 'number' && Number.isSafeInteger(x) ? x + 0 : this.fail(field, 0);
  }

  /** `absent` where the message does not have it. */
  optionalInteger(field: string, absent: number): number {
    return this.has(field) ? this.integer(field) : absent;
  }

  /** Milliseconds since the epoch; NaN where absent. */
  optionalTime(field: string): number {
    const ms = this.optionalInteger(field, NaN);
    return ms < 0 ? this.fail(field, NaN) : ms;
  }

  /** A day, YYYY-MM-DD. */
  date(field: string): string {
    const x = this.message[field];
    return typeof x === 'string' && isDate(x) ? x : this.fail(field, '');
  }

  symbol(field: string): string {
    const x = this.message[field];
    return typeof x === 'string' && isSymbol(x) ? x : this.fail(field, '');
  }

  optionalSymbol(field: string): string {
    return this.has(field) ? this.symbol(field) : '';
  }

  /** Text that says something; '' where absent. */
  optionalName(field: string, charsMax: number): string {
    return this.has(field) ? this.name(field, charsMax) : '';
  }

  name(field: string, charsMax: number): string {
    const x = this.message[field];
    return typeof x === 'string' && x.length > 0 && x.length <= charsMax ? x : this.fail(field, '');
  }

  /** Text, also the empty one; '' where absent. */
  optionalText(field: string, charsMax: number): string {
    if (!this.has(field)) return '';
    const x = this.message[field];
    return typeof x === 'string' && x.length <= charsMax ? x : this.fail(field, '');
  }

  oneOf(field: string, first: string, second: string): boolean {
    const x = this.message[field];
    if (x !== first && x !== second) this.fail(field, null);
    return x === first;
  }

  fail<T>(field: string, value: T): T {
    if (this.wrong === '') this.wrong = field;
    return value;
  }
}
