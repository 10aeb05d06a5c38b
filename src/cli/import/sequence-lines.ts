/** Which line of the file became which message of a stream, as far as is remembered. Knows nothing else. */
import { limits } from '../../../config/limits.ts';

export class SequenceLines {
  first = NaN;
  last = NaN;
  count = 0;
  private sequences = new Float64Array(1024);
  private lines = new Uint32Array(1024);

  /** In about the order of the sequences: acknowledgements of one connection. */
  add(sequence: number, line: number): void {
    this.first = Number.isNaN(this.first) ? sequence : Math.min(this.first, sequence);
    this.last = Number.isNaN(this.last) ? sequence : Math.max(this.last, sequence);
    if (this.count >= limits.importLinesKeptMax) return;
    if (this.count === this.sequences.length) this.grow();
    // A message that was sent again comes late: it takes its place among the others.
    let at = this.count++;
    for (; at > 0 && (this.sequences[at - 1] ?? 0) > sequence; at--) {
      this.sequences[at] = this.sequences[at - 1] ?? 0;
      this.lines[at] = this.lines[at - 1] ?? 0;
    }
    this.sequences[at] = sequence;
    this.lines[at] = line;
  }

  /** The line, NaN for a message that is not of the file or not remembered. */
  lineOf(sequence: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sequences[middle] ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.sequences[low] === sequence ? (this.lines[low] ?? NaN) : NaN;
  }

  private grow(): void {
    const size = this.sequences.length * 2;
    const [sequences, lines] = [this.sequences, this.lines];
    this.sequences = new Float64Array(size);
    this.sequences.set(sequences);
    this.lines = new Uint32Array(size);
    this.lines.set(lines);
  }
}
