/** An end that is told in one sentence, without a stack: what failed, and what to do about it. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** What was asked for makes no sense as it was asked: exit code 2 of a command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
