/** Keeps the marks in the changelog, in chunks of symbols: those of which a mark is another since it was written. */
import { limits } from '../config/limits.ts';
import type { InstrumentTable } from './domain/instrument.ts';
import type { PriceChanges } from './domain/price-change.ts';
import type { Book } from './ledger/book.ts';
import type { Changelog } from './ports.ts';
import { recordedMark } from './recorded-marks.ts';

export class MarkKeeper {
  private readonly changelog: Pick<Changelog, 'saveMarks'>;
  private readonly book: Book;
  private readonly instruments: InstrumentTable;
  private readonly dirtyChunks = new Set<number>();

  constructor(changelog: Pick<Changelog, 'saveMarks'>, book: Book, instruments: InstrumentTable) {
    this.changelog = changelog;
    this.book = book;
    this.instruments = instruments;
  }

  /** A tick is told: its marks are to be kept. */
  note(changes: PriceChanges): void {
    for (let i = 0; i < changes.count; i++) {
      this.dirtyChunks.add(((changes.symbols[i] ?? 0) / limits.checkpointMarksInChunk) | 0);
    }
  }

  /** Resolves when all that were noted are acknowledged. Rests between two chunks: all at once would be a pause. */
  async save(rest: () => Promise<void>): Promise<void> {
    const chunks = [...this.dirtyChunks];
    this.dirtyChunks.clear();
    const saves: Promise<void>[] = [];
    try {
      for (const chunk of chunks) {
        if (saves.length > 0) await rest();
        const saved = this.changelog.saveMarks(chunk, this.marksOf(chunk));
        // Told below, where it is waited for.
        saved.catch(() => undefined);
        saves.push(saved);
      }
      await Promise.all(saves);
    } catch (error) {
      for (const chunk of chunks) this.dirtyChunks.add(chunk);
      throw error;
    }
  }

  private marksOf(chunk: number): ReturnType<typeof recordedMark>[] {
    const { book, instruments } = this;
    const size = limits.checkpointMarksInChunk;
    const symbols = Array.from({ length: size }, (_, i) => chunk * size + i);
    return symbols
      .filter((symbol) => book.hasMark(symbol))
      .map((symbol) => recordedMark(book, instruments, symbol));
  }
}
