/**
 * What the endpoint must know of ClickHouse's formats: the content type, whether a result may leave in chunks that
 * were formatted one by one, and whether an insert's data may stand in the text of its statement. Everything else
 * about a format is the engine's business.
 */

const tabSeparated = /^(TSV|TabSeparated)(Raw)?(WithNames(AndTypes)?)?$/;
const commaSeparated = /^CSV(WithNames(AndTypes)?)?$/;
const compactRows = /^JSONCompact(Strings)?EachRow(WithNames(AndTypes)?)?$/;
const objectRows = /^(JSONEachRow|NDJSON|JSONLines|JSONStringsEachRow)$/;

export function contentType(format: string): string {
  if (tabSeparated.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  if (commaSeparated.test(format)) {
    return `text/csv; charset=UTF-8; header=${format === 'CSV' ? 'absent' : 'present'}`;
  }
  if (compactRows.test(format) || objectRows.test(format) || format === 'JSONEachRowWithProgress') {
    return 'application/x-ndjson; charset=UTF-8';
  }
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8';
  if (format === 'XML') return 'application/xml; charset=UTF-8';
  if (/^(RowBinary|Native|Parquet|Arrow|ORC|Avro|Npy|MsgPack|Protobuf|CapnProto)/.test(format)) {
    return 'application/octet-stream';
  }
  return 'text/plain; charset=UTF-8';
}

/** Records at the start of each chunk that only the first may keep; null: the result cannot leave in chunks. */
export function headerRecords(format: string): number | null {
  if (!tabSeparated.test(format) && !commaSeparated.test(format)) {
    if (!compactRows.test(format) && !objectRows.test(format)) return null;
  }
  if (format.endsWith('WithNamesAndTypes')) return 2;
  return format.endsWith('WithNames') ? 1 : 0;
}

/** Where the first `records` records end: a newline inside the quotes of a CSV name does not end one. */
export function recordsEnd(bytes: Uint8Array, records: number, format: string): number {
  const quotes = commaSeparated.test(format);
  let quoted = false;
  let left = records;
  let at = 0;
  while (left > 0 && at < bytes.length) {
    const byte = bytes[at];
    if (quotes && byte === 0x22) quoted = !quoted;
    else if (byte === 0x0a && !quoted) left -= 1;
    at += 1;
  }
  return at;
}

/** Formats that the engine reads from the text of a statement; of others it reads the data from a file. */
export function readInline(format: string): boolean {
  return /^(JSONEachRow|JSONCompactEachRow|CSV|CSVWithNames|(TSV|TabSeparated)(WithNames)?|Values)$/.test(
    format,
  );
}
