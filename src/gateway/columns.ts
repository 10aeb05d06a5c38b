/**
 * Columns of an answer from ClickHouse, each with its kind: from one table follow the SELECT, the value in JSON, its
 * schema, and CSV. Money is minor units, or currency units where an exponent is given. Knows no view.
 */
import Type, { type TSchema } from 'typebox';
import { scaledText } from '../domain/decimal.ts';

export type Kind = 'time' | 'date' | 'text' | 'count' | 'money' | 'ratio' | 'decimal' | 'cash';
export type Columns = Readonly<Record<string, Kind>>;
export type Value = string | number | null | Readonly<Record<string, number>>;
export type Row = Readonly<Record<string, Value>>;
/** As ClickHouse tells it: 64-bit integers are text. */
export type RawRow = Readonly<Record<string, Value | Readonly<Record<string, string>>>>;

const orNull = (schema: TSchema): TSchema => Type.Union([schema, Type.Null()]);

const schemas: Readonly<Record<Kind, TSchema>> = {
  time: Type.String({ format: 'date-time' }),
  date: Type.String({ format: 'date' }),
  text: Type.String(),
  count: Type.Integer(),
  money: Type.Number({ description: 'Money: minor units, in the portfolio paths currency units.' }),
  ratio: Type.Number({ description: 'A ratio as a fraction: 0.01 is one percent.' }),
  decimal: Type.String({ description: 'A decimal as text.' }),
  cash: Type.Record(Type.String(), Type.Number()),
};

export function propertiesOf(columns: Columns): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(columns).map(([name, kind]) => [name, orNull(schemas[kind])]));
}

export function schemaOf(columns: Columns): TSchema {
  return Type.Object(propertiesOf(columns));
}

/** Decimals as text: as numbers they would lose digits. */
export function selectOf(columns: Columns): string {
  return Object.entries(columns)
    .map(([name, kind]) => (kind === 'decimal' ? `toString(${name}) AS ${name}` : name))
    .join(', ');
}

export function rowOf(columns: Columns, raw: RawRow, exponent = 0): Row {
  return Object.fromEntries(
    Object.entries(columns).map(([name, kind]) => [name, valueOf(kind, raw[name], exponent)]),
  );
}

function valueOf(kind: Kind, raw: RawRow[string] | undefined, exponent: number): Value {
  if (raw === null || raw === undefined) return null;
  switch (kind) {
    case 'time':
      return isoOf(textOf(raw));
    case 'money':
      return currencyUnits(Number(raw), exponent);
    case 'count':
    case 'ratio':
      return Number(raw);
    case 'cash':
      return Object.fromEntries(Object.entries(raw).map(([code, minor]) => [code, Number(minor)]));
    case 'date':
    case 'text':
    case 'decimal':
      return textOf(raw);
  }
}

/** Of a value that is no map. */
export function textOf(value: RawRow[string] | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** (105000, 2) is 1050: the number nearest to the exact decimal. */
export function currencyUnits(minor: number, exponent: number): number {
  return exponent === 0 ? minor : Number(scaledText(minor, exponent));
}

/** "2026-01-31 17:00:00.000" in UTC is "2026-01-31T17:00:00.000Z". */
export function isoOf(sqlTime: string): string {
  return `${sqlTime.replace(' ', 'T')}Z`;
}

export function csvOf(columns: Columns, rows: readonly Row[]): string {
  const names = Object.keys(columns);
  const lines = rows.map((row) => names.map((name) => csvCell(row[name] ?? null)).join(','));
  return [names.join(','), ...lines, ''].join('\r\n');
}

/** A text that a spreadsheet would take for a formula is told to be one: ids and symbols may begin so. */
function csvCell(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const isFormula = /^[=+\-@]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
