/**
 * What goes wrong, said as ClickHouse says it: code, name, and the HTTP status that its server gives for the code.
 * Knows neither the engine nor HTTP.
 */

export class StoreError extends Error {
  readonly code: number;

  constructor(code: number, name: string, message: string) {
    super(`Code: ${code}. DB::Exception: ${message} (${name})`);
    this.code = code;
  }
}

export const syntaxError = (message: string): StoreError =>
  new StoreError(62, 'SYNTAX_ERROR', `Syntax error${message}`);

/** What the engine threw, or anything else, as a StoreError with ClickHouse's code. */
export function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = /Code: (\d+)\. DB::/.exec(message)?.[1];
  if (code === undefined) return new StoreError(1001, 'STD_EXCEPTION', message);
  const known = new StoreError(Number(code), '', '');
  known.message = message.slice(message.indexOf('Code: '));
  return known;
}

/** Status by ClickHouse's own table (src/Server/HTTP/exceptionCodeToHTTPStatus.cpp); 500 for what is not in it. */
const statusCodes: Readonly<Record<number, readonly number[]>> = {
  400: [
    6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675,
    676,
  ],
  401: [194],
  403: [192, 193, 497, 512, 516],
  404: [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511],
  408: [159],
  411: [381],
  413: [229],
  415: [779],
  501: [48],
  503: [76, 209, 439],
};

const statusOfCode = new Map<number, number>(
  Object.entries(statusCodes).flatMap(([status, codes]) =>
    codes.map((code) => [code, Number(status)] as const),
  ),
);

export function httpStatus(error: StoreError): number {
  return statusOfCode.get(error.code) ?? 500;
}
