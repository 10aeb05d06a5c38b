/**
 * A stream's lines. node:readline would also split at U+2028 and U+2029, which stand unescaped in JSON and CSV. Knows
 * how ClickHouse tells of an error when half of an answer is out already; knows no format.
 */

/** The line at which a broken answer turns into the error that broke it. */
export const exceptionMark = /^(Code: \d+\. DB::Exception|__exception__)/;
const bareMark = '__exception__';

/**
 * Lines without their ends, as many at a time as came at a time, since millions of them are asked for; the lines of
 * ClickHouse's error block as one.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  let broken: string[] | null = null;
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n').map(withoutReturn);
    rest = lines.pop() ?? '';
    if (broken === null) {
      const at = lines.indexOf(bareMark);
      if (at >= 0) broken = lines.splice(at);
      if (lines.length > 0) yield lines;
    } else broken.push(...lines);
  }
  if (broken !== null) yield [[...broken, rest].join(' ').trim()];
  else if (rest !== '') yield [withoutReturn(rest)];
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
