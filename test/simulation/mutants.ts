/**
 * Bugs to plant: what each is, and the change to one source file that makes it. The simulation must find every one of
 * them, or it looks at nothing. The text to replace must be in its file exactly once.
 */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** A seed at which it is known to be found: looked at first. */
  readonly seed?: number;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'money is rounded half up',
    file: 'src/domain/rounding.ts',
    find: 'return d === 1 ? x + 0 : x / d + roundingMagic - roundingMagic;',
    replace: 'return Math.floor(x / d + 0.5);',
  },
  {
    name: 'a duplicate is not looked for',
    file: 'src/ledger/seen-ids.ts',
    find: "if (at < 0) return 'new';",
    replace: "if (at < Infinity) return 'new';",
  },
  {
    name: 'a message that an account has is applied again',
    file: 'src/ledger/book.ts',
    find: 'if (known && message.sequence <= (accounts.sequence[row] ?? 0)) return row;',
    replace: '',
  },
  {
    name: 'events of the past are valued anew',
    file: 'src/ledger/book.ts',
    find: 'const recorded = source?.effect(sequence, index) ?? null;',
    replace: 'const recorded: ReturnType<RecallSource["effect"]> = null;',
  },
  {
    name: 'late bookings of the past are forgotten',
    file: 'src/ledger/book-recall.ts',
    find: 'if (late === null || tick <= asOf) continue;',
    replace: 'if (late !== null || tick <= asOf) continue;',
  },
  {
    name: 'the curve of the past is not folded back in',
    file: 'src/ledger/book-recall.ts',
    find: 'recallCurve(this.b, row, curve);',
    replace: 'void recallCurve;',
  },
  {
    name: 'a day that began while no engine was there opens at marks of after it',
    file: 'src/ledger/session.ts',
    find: 'return told !== null && told[row] === accounts.sequence[row] ? NaN : accounts.equity(row);',
    replace: 'return told === null ? accounts.equity(row) : accounts.equity(row);',
    seed: 1,
  },
  {
    name: 'a snapshot leaves out what waits for a rate',
    file: 'src/ledger/snapshot.ts',
    find: 'write: (account, w) => writeWaiting(b, account, w), read: (account, r) => readWaiting(b, account, r)',
    replace: 'write: () => void writeWaiting, read: () => void readWaiting',
  },
  {
    name: 'a snapshot leaves out the ids that were seen',
    file: 'src/ledger/snapshot.ts',
    find: 'write: (account, w) => writeIds(b.seen, account, w), read: (account, r) => this.expectIds(account, r)',
    replace: 'write: () => void writeIds, read: () => undefined',
  },
  {
    name: 'somebody is told before the effect log has it',
    file: 'src/outcomes.ts',
    find: 'if (this.hasBookedLate || update.sequence > ticker.durableThrough) ports.updates.hold(update);',
    replace: 'if (this.hasBookedLate) ports.updates.hold(update);',
  },
  {
    name: 'a state is written before its effects are durable',
    file: 'src/checkpointer.ts',
    find: 'await this.durable();\n      if (!(await this.write(slices, isGivenUp)))',
    replace: 'if (!(await this.write(slices, isGivenUp)))',
  },
  {
    name: 'the checkpoint does not wait for its accounts',
    file: 'src/checkpointer.ts',
    find: 'writes.push(written);',
    replace: '',
  },
  {
    name: 'an account is clean though writing it failed',
    file: 'src/checkpointer.ts',
    find: 'this.dirty.noteAgain(rows);\n      throw error;',
    replace: 'throw error;',
    seed: 147,
  },
  {
    name: 'the low-water mark is one too high',
    file: 'src/checkpointer.ts',
    find: 'through: ticker.durableThrough,',
    replace: 'through: ticker.durableThrough + 1,',
  },
  {
    name: 'the low-water mark is that of the end of a pass',
    file: 'src/checkpointer.ts',
    find: 'this.isCycleWhole = marker.isWhole;\n    await this.save(marker);',
    replace: 'this.isCycleWhole = marker.isWhole;\n    await this.save(this.marker());',
  },
  {
    name: 'marks are not kept',
    file: 'src/mark-keeper.ts',
    find: 'this.dirtyChunks.add(((changes.symbols[i] ?? 0) / limits.checkpointMarksInChunk) | 0);',
    replace: '',
  },
  {
    name: 'ticks begin again where the clock is',
    file: 'src/recovery.ts',
    find: 'this.parts.ticker.tick = this.lastTick(checkpoint, curveTick);',
    replace: 'this.parts.ticker.tick = 0;',
  },
  {
    name: 'an engine that lost its partition goes on ticking',
    file: 'src/ticker.ts',
    find: 'return !this.isBusy && this.parts.ports.lease.isHeld;',
    replace: 'return !this.isBusy;',
  },
  {
    name: 'the sink takes frames of an owner that was replaced',
    file: 'streams/operators/newest-owner.ts',
    find: 'return isStale;',
    replace: 'return false;',
  },
  {
    name: 'the sink acknowledges before it inserts',
    file: 'src/frame-writer.ts',
    find: 'await options.insert(frame);',
    replace: 'frame.done();\n    await options.insert(frame);',
  },
  {
    name: "an insert's token is its place in the stream",
    file: 'streams/sinks/clickhouse.ts',
    find: 'insertStatement({ name, table, columns }: InsertableFrame)',
    replace: 'insertStatement({ sequence: name, table, columns }: InsertableFrame & { sequence?: number })',
  },
  {
    name: 'voids that wait for their targets are not in a snapshot',
    file: 'src/ledger/snapshot.ts',
    find: 'write: (account, w) => writeVoids(b.voids, account, w), read: (account, r) => readVoids(b.voids, account, r)',
    replace: 'write: () => void writeVoids, read: () => void readVoids',
  },
  {
    name: 'a void takes back at the rate of now what was booked at that of then',
    file: 'src/ledger/void-base.ts',
    find: 'else if (recorded !== undefined && !Number.isNaN(recorded)) this.booked[field] -= recorded;',
    replace: '',
  },
  {
    name: 'a void does not know what was voided before it',
    file: 'src/ledger/voiding.ts',
    find: '      rebuild.drop(target);\n',
    replace: '',
  },
  {
    name: 'a void of the past is reckoned anew',
    file: 'src/ledger/apply-void.ts',
    find: 'const booked = b.recall.isOn ? recalled(b) : reckoning.booked;',
    replace: 'const { booked } = reckoning;\n  void recalled;',
  },
  {
    name: 'a void looks for effects that are not published yet',
    file: 'src/void-history.ts',
    find: 'await this.settle();',
    replace: '',
    seed: 26,
  },
];
