/** LEDGER as an engine reads it: in order, in batches of any size, the next one when the last is dealt with. */
import type { LedgerMessage } from '../../src/domain/ledger-event.ts';
import type { SymbolTable } from '../../src/domain/symbol-table.ts';
import type { LedgerBounds, LedgerSource } from '../../src/ports.ts';
import { LedgerDecoder } from '../../streams/codec/ledger-message.ts';
import type { Connection } from './connection.ts';
import type { LedgerEntry, SimulatedServer } from './server.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** How often the reader looks whether there is more. */
const pollMs = 4;

export class SimulatedLedger implements LedgerSource {
  private readonly server: SimulatedServer;
  private readonly connection: Connection;
  private readonly process: SimulatedProcess;
  private readonly decoder: LedgerDecoder;
  private applied = 0;
  private closed = false;

  constructor(
    server: SimulatedServer,
    connection: Connection,
    process: SimulatedProcess,
    symbols: SymbolTable,
  ) {
    this.server = server;
    this.connection = connection;
    this.process = process;
    this.decoder = new LedgerDecoder(symbols);
  }

  open(from: number, apply: (batch: readonly LedgerMessage[]) => Promise<void> | void): Promise<void> {
    this.follow(from, apply).catch((error: unknown) => this.process.fail(error));
    return Promise.resolve();
  }

  lastSequence(): Promise<number> {
    return this.connection.request(() => this.server.lastSequence);
  }

  bounds(): Promise<LedgerBounds> {
    const { server } = this;
    return this.connection.request(() => ({
      created: server.ledgerCreated,
      first: 1,
      last: server.lastSequence,
    }));
  }

  get lag(): number {
    return this.server.lastSequence - this.applied;
  }

  async ofAccount(account: string, through: number, take: (message: LedgerMessage) => void): Promise<void> {
    const entries = await this.connection.request(() => this.server.ledgerOf(account, through));
    for (const entry of entries) take(this.decode(entry));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  private isClosed(): boolean {
    return this.closed;
  }

  private async follow(from: number, apply: (batch: readonly LedgerMessage[]) => Promise<void> | void) {
    const { server, connection, process } = this;
    let next = from;
    while (!this.isClosed()) {
      // Nothing new costs no message.
      if (server.lastSequence < next) {
        await new Promise<void>((resolve) => process.after(pollMs, resolve));
        continue;
      }
      const size = process.random.pick([1, 3, 10, 100]);
      const entries = await connection.request(() => server.ledger.slice(next - 1, next - 1 + size));
      if (this.isClosed()) return;
      await apply(entries.map((entry) => this.decode(entry)));
      next += entries.length;
      this.applied = next - 1;
    }
  }

  private decode({ subject, data, sequence, time }: LedgerEntry): LedgerMessage {
    return this.decoder.decode(Buffer.from(subject), data, sequence, time);
  }
}
