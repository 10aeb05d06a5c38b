/** An end that is told in one sentence, without a stack: what failed, and what to do about it. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
