/** Hand-made frames, published as the engine publishes them. Knows the format, not who reads it. */
import { headers, type JetStreamClient } from 'nats';
import { frameColumns, type FrameTable } from '../../src/domain/frame.ts';

export interface TestFrame {
  readonly name: string;
  readonly table: FrameTable;
  /** One array a row, in the order of `columns`. */
  readonly rows: readonly (readonly unknown[])[];
  /** Those of the table when absent. */
  readonly columns?: readonly string[];
  readonly epoch?: number;
  readonly partition?: number;
  /** Whether JetStream's own deduplication is to see the name. */
  readonly messageId?: boolean;
}

export async function publishFrame(js: JetStreamClient, frame: TestFrame): Promise<number> {
  const {
    name,
    table,
    rows,
    columns = frameColumns[table],
    epoch = 1,
    partition = 0,
    messageId = true,
  } = frame;
  const fields = headers();
  fields.set('Tidemark-Frame', name);
  fields.set('Tidemark-Table', table);
  fields.set('Tidemark-Columns', columns.join(','));
  fields.set('Tidemark-Rows', String(rows.length));
  fields.set('Tidemark-Epoch', String(epoch));
  if (messageId) fields.set('Nats-Msg-Id', name);
  const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const { seq } = await js.publish(`frames.${partition}.${table}`, body, { headers: fields });
  return seq;
}

/** What an owner writes first. */
export async function publishFence(js: JetStreamClient, partition: number, epoch: number): Promise<void> {
  const fields = headers();
  fields.set('Tidemark-Table', 'fence');
  fields.set('Tidemark-Epoch', String(epoch));
  await js.publish(`frames.${partition}.fence`, '', { headers: fields });
}

/** A row of the table with these columns, the others NULL or 0 as the engine would send them. */
export function frameRow(table: FrameTable, given: Readonly<Record<string, unknown>>): unknown[] {
  return frameColumns[table].map((column) => (column in given ? given[column] : (defaults[column] ?? null)));
}

const defaults: Readonly<Record<string, unknown>> = {
  kind: 'fill',
  id: 'e1',
  source: '',
  symbol: '',
  side: '',
  currency: 'USD',
  to_currency: '',
  fee_currency: '',
  notes: '',
  state: 'active.healthy',
  reason: '',
  detail: '',
  subject: '',
  payload: '',
  stream: '',
  account_id: '7',
  session_date: '2026-01-02',
};
