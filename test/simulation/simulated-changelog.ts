/** The changelog over the simulated server: writes of a key in order, refused after a newer owner's write of that key. */
import type { Checkpoint, RecordedPrice } from '../../src/domain/recorded.ts';
import type { Changelog, ChangelogReader } from '../../src/ports.ts';
import type { Connection } from './connection.ts';
import type { EngineModel } from './engine-model.ts';
import type { SimulatedServer } from './server.ts';

export class SimulatedChangelog implements Changelog {
  private readonly server: SimulatedServer;
  private readonly connection: Connection;
  private readonly model: EngineModel;
  private epoch = 0;
  /** By key: the last of its writes. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(server: SimulatedServer, connection: Connection, model: EngineModel) {
    this.server = server;
    this.connection = connection;
    this.model = model;
  }

  async open(epoch: number): Promise<void> {
    this.epoch = epoch;
    await this.connection.request(() => undefined);
  }

  async load(into: ChangelogReader): Promise<Checkpoint | null> {
    const { server, connection } = this;
    // The checkpoint first: what is read after it can only be newer.
    const checkpoint = await connection.request(() => server.checkpoint);
    const ids = await connection.request(() => [...server.ids.values()]);
    for (const { value } of ids) into.ids(value.account, value.slot, value.page);
    const accounts = await connection.request(() => [...server.accounts]);
    for (const [account, { value }] of accounts) into.account(account, value);
    const marks = await connection.request(() => [...server.marks.values()]);
    for (const { value } of marks) {
      for (const mark of value) {
        this.model.restored(mark.symbol, mark.price, mark.time);
        into.mark(mark);
      }
    }
    return checkpoint?.value ?? null;
  }

  saveAccount(account: string, state: Uint8Array): Promise<void> {
    return this.save(account, () => this.server.saveAccount(this.epoch, account, state.slice()));
  }

  saveIds(account: string, slot: number, page: Uint8Array): Promise<void> {
    return this.save(`${account} ${slot}`, () =>
      this.server.saveIds(this.epoch, account, slot, page.slice()),
    );
  }

  saveMarks(chunk: number, marks: readonly RecordedPrice[]): Promise<void> {
    return this.save(`marks ${chunk}`, () => this.server.saveMarks(this.epoch, chunk, marks));
  }

  saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    return this.save('', () => this.server.saveCheckpoint(this.epoch, checkpoint));
  }

  async read(account: string, into: Pick<ChangelogReader, 'account' | 'ids'>): Promise<void> {
    const { server } = this;
    const kept = await this.connection.request(() => ({
      ids: [...server.ids.values()].filter(({ value }) => value.account === account),
      state: server.accounts.get(account),
    }));
    for (const { value } of kept.ids) into.ids(value.account, value.slot, value.page);
    if (kept.state !== undefined) into.account(account, kept.state.value);
  }

  private save(key: string, write: () => void): Promise<void> {
    const go = (): Promise<void> => this.connection.request(write);
    const before = this.underWay.get(key);
    const done = before === undefined ? go() : before.then(go, go);
    this.underWay.set(key, done);
    done.catch(() => undefined);
    return done;
  }
}
