/**
 * A sum of safe integers that is exact whatever its partial sums are: in a double while that is safe, in a BigInt
 * beyond. Made once and used again: a sum of BigInts from the start allocates at every step.
 */
import { isSafe } from '../domain/rounding.ts';

export class ExactSum {
  private near = 0;
  private beyond = 0n;

  start(): void {
    this.near = 0;
    this.beyond = 0n;
  }

  /** Throws where `x` is no integer, as NaN is not. */
  add(x: number): void {
    const sum = this.near + x;
    if (isSafe(sum)) {
      this.near = sum;
      return;
    }
    this.beyond += BigInt(this.near) + BigInt(x);
    this.near = 0;
  }

  /** Rounded where the sum is no safe integer. */
  get value(): number {
    return this.beyond === 0n ? this.near : Number(this.beyond + BigInt(this.near));
  }
}
