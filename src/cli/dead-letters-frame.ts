/**
 * Rows that ClickHouse refused, inserted again as the sink would have: the whole frame in one insert, under its name,
 * which is ClickHouse's protection from doubles. Not sent through FRAMES again: a recovery of the engine reads that
 * stream, and would take old rows for the last ones.
 */
import type { Command } from 'commander';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { describeFailure } from '../../streams/sinks/clickhouse-failure.ts';
import { connectClickHouse, frameFault } from '../../streams/sinks/clickhouse.ts';
import { framesStream } from '../../streams/sources/stream-definitions.ts';
import { clickHouseAddress } from '../addresses.ts';
import { readDeadLetter, type DeadLetterBody } from '../client/dead-letter-stream.ts';
import type { NatsDoor } from '../client/nats.ts';
import { Failure, wantsJson } from './context.ts';
import { countText } from './format.ts';
import { print, printJson } from './output.ts';

interface RefusedRows {
  readonly frame: string;
  readonly table: string;
  /** Separated by commas. */
  readonly columns: string;
  readonly lines: readonly string[];
}

export async function insertFrameAgain(
  self: Command,
  nats: NatsDoor,
  config: Config,
  letter: DeadLetterBody,
): Promise<void> {
  const { frame: name, table, columns, lines } = await wholeFrame(nats, letter);
  const body = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
  const insertable = { name, table, columns: columns.split(',').filter(Boolean), body };
  const fault = frameFault(insertable);
  if (fault !== null) throw new Failure(`dead letter ${letter.id} cannot be inserted: ${fault}`);
  const what = `frame ${name}, ${countText(lines.length)} rows of ${table}`;
  const clickHouse = connectClickHouse(clickHouseAddress(config));
  try {
    await clickHouse.insert(insertable);
  } catch (error) {
    throw new Failure(`${what}: not inserted: ${describeFailure(error)}`);
  } finally {
    await clickHouse.close();
  }
  if (wantsJson(self))
    printJson({ id: letter.id, frame: name, table, rows: lines.length, outcome: 'inserted' });
  else print(`${what}: inserted; rows that were there already are not doubled`);
}

/** A frame may have needed several letters: one insert is all of them, since its name is taken once. */
async function wholeFrame(nats: NatsDoor, { sequence }: DeadLetterBody): Promise<RefusedRows> {
  const lines: string[] = [];
  let rows: RefusedRows | null = null;
  for (let part = 0; lines.length <= limits.frameRowsMax; part++) {
    const letter = await readDeadLetter(nats, `${framesStream}.${sequence}.${part}`);
    if (letter === null) break;
    rows = letter.payload as unknown as RefusedRows;
    lines.push(...rows.lines);
  }
  if (rows === null) throw new Failure(`the first dead letter of frame ${sequence} is no longer there`);
  return { ...rows, lines };
}
