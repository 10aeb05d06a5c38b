/**
 * A ledger of which every effect, price and row of the curve goes into ClickHouse by the real codecs, as the engine's
 * would: so that what SQL makes of the rows can be held to the ledger's own figures. Owns periods of the curve.
 */
import type { Effect } from '../../src/domain/effect.ts';
import { frameColumns, type FrameTable } from '../../src/domain/frame.ts';
import { emptyPriceChanges } from '../../src/domain/price-change.ts';
import { InstrumentWriter } from '../../src/instrument-writer.ts';
import type { FrameSink } from '../../src/ports.ts';
import { ByteWriter } from '../../streams/codec/byte-writer.ts';
import { writeCurveRow } from '../../streams/codec/curve-row.ts';
import { fillTick, writeEffectRow } from '../../streams/codec/effect-row.ts';
import { writeInstrumentRow } from '../../streams/codec/instrument-row.ts';
import { writePriceRow } from '../../streams/codec/price-row.ts';
import type { ClickHouseSink } from '../../streams/sinks/clickhouse.ts';
import { LedgerBench } from './ledger-bench.ts';
import type { BenchOptions } from './ledger-bench.ts';

const tables = ['effects', 'equity_curve', 'prices', 'instrument_changes'] as const;
const initialBytes = 65_536;
let frames = 0;

export class RecordedBench extends LedgerBench {
  private readonly resolutionMs: number;
  private readonly writers = new Map<FrameTable, ByteWriter>();
  /** Where rows of effects end that no tick has told of. */
  private untold: number[] = [];
  private readonly marks = new Map<number, string>();
  private readonly reference: InstrumentWriter;
  private period = NaN;
  /** `<area>.<account>.<id>` of what was voided. */
  readonly voided = new Set<string>();

  /** `resolutionMs` 0: every tick is a row of the curve. */
  constructor(options: BenchOptions, resolutionMs: number) {
    super({ ...options, eventsHaveTime: true });
    this.resolutionMs = resolutionMs;
    const frames: Pick<FrameSink, 'instrument'> = {
      instrument: (symbol, instrument, exponent, time) => {
        writeInstrumentRow(this.writer('instrument_changes'), symbol, instrument, exponent, time);
      },
    };
    this.reference = new InstrumentWriter(this.book.held, this['instruments'], frames as FrameSink);
  }

  override applied(effect: Effect): void {
    super.applied(effect);
    const { event, accountId } = effect;
    if (event.kind === 'void') this.voided.add(`${event.area}.${accountId}.${event.of}`);
    this.write(effect);
  }

  override bookedLate(effect: Effect): void {
    super.bookedLate(effect);
    this.write(effect);
  }

  override tick(time: number): string[] {
    const period = this.resolutionMs === 0 ? time : Math.floor(time / this.resolutionMs);
    if (period !== this.period) this.closePeriod();
    this.period = period;
    const emitted = super.tick(time);
    const { bytes } = this.writer('effects');
    for (const end of this.untold.splice(0)) fillTick(bytes, end, time);
    this.writePrices(time);
    this.reference.write(time);
    return emitted;
  }

  closePeriod(): void {
    for (const row of this.curve()) writeCurveRow(this.writer('equity_curve'), row);
  }

  /** What was written since the last time, one insert a table and month at most. Between ticks nothing is open. */
  async insertInto(sink: ClickHouseSink): Promise<void> {
    this.closePeriod();
    for (const table of tables) {
      const { bytes, length } = this.writer(table);
      this.writers.delete(table);
      if (length === 0) continue;
      const body = bytes.subarray(0, length);
      await sink.insert({ name: `bench:${++frames}`, table, columns: frameColumns[table], body });
    }
  }

  private write(effect: Effect): void {
    const w = this.writer('effects');
    writeEffectRow(w, effect);
    this.untold.push(w.length);
  }

  /** Of every symbol whose mark moved. */
  private writePrices(time: number): void {
    for (let symbol = 0; symbol < this.symbols.size; symbol++) {
      if (!this.book.hasMark(symbol)) continue;
      const { mid, bid, ask, time: priced } = this.book.mark(symbol);
      const mark = [mid, bid, ask].join(' ');
      if (this.marks.get(symbol) === mark) continue;
      this.marks.set(symbol, mark);
      const changes = emptyPriceChanges(1);
      [changes.mids[0], changes.bids[0], changes.asks[0], changes.times[0]] = [mid, bid, ask, priced];
      const { priceScale } = this['instruments'].get(symbol);
      writePriceRow(this.writer('prices'), this.symbols.name(symbol), priceScale, changes, 0, time, time);
    }
  }

  private writer(table: FrameTable): ByteWriter {
    let writer = this.writers.get(table);
    if (writer === undefined) this.writers.set(table, (writer = new ByteWriter(initialBytes)));
    return writer;
  }
}
