/**
 * Where the changelog of a partition keeps what, in the bucket ACCOUNTS: `0.<account>` its state, or the head of one that
 * is in `parts.0.<account>.<set>.<number>`, `ids.0.<account>.<slot>` pages of ids seen, `marks.0.<chunk>` and `checkpoint.0`.
 */
import { accountsBucket } from './stream-definitions.ts';

/** The stream under the bucket, and how its subjects begin. */
export const accountsStream = `KV_${accountsBucket}`;
const start = `$KV.${accountsBucket}.`;

export class ChangelogKeys {
  private readonly partition: number;
  private readonly stateStart: string;
  private readonly idsStart: string;

  constructor(partition: number) {
    this.partition = partition;
    this.stateStart = `${start}${partition}.`;
    this.idsStart = `${start}ids.${partition}.`;
  }

  state(account: string): string {
    return this.stateStart + account;
  }

  ids(account: string, slot: number | '*'): string {
    return `${this.idsStart}${account}.${slot}`;
  }

  part(account: string, set: number, number: number): string {
    return `${start}parts.${this.partition}.${account}.${set}.${number}`;
  }

  marks(chunk: number | '*'): string {
    return `${start}marks.${this.partition}.${chunk}`;
  }

  get checkpoint(): string {
    return `${start}checkpoint.${this.partition}`;
  }

  /** Of a state's subject: its account. */
  accountOf(subject: string): string {
    return subject.slice(this.stateStart.length);
  }

  /** Of a page's subject: its account and slot. */
  pageOf(subject: string): { readonly account: string; readonly slot: number } {
    const at = subject.lastIndexOf('.');
    return { account: subject.slice(this.idsStart.length, at), slot: Number(subject.slice(at + 1)) };
  }
}
