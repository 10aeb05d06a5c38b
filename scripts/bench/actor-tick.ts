/**
 * `actor.tick`: one tick event through an account's actor (mailbox, transition, performance measured, update built),
 * beside a bare `fromTransition` actor that does nothing with the same event. Both are children of one parent.
 */
import { createActor, createMachine, fromTransition, type AnyActorRef } from 'xstate';
import { accountLogic, accountStep, type AccountActor } from '../../actors/account.ts';
import { allPrices, fillBook, fixtureStart, newBook, rethrow } from './book-fixture.ts';
import { alternate, ratioOf, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';

const accounts = 1_000;
const positions = 25;
const symbols = 100;
const ticksARound = 100;
const rounds = 7;
const nanosPerMs = 1_000_000;

interface TickEvent {
  readonly type: 'tick';
  tick: number;
  time: number;
}

export async function run(): Promise<BenchRow[]> {
  const parent = createActor(createMachine({}));
  parent.start();
  const medians = await alternate(rounds, { account: accountRound(parent), bare: bareRound(parent) });
  return [
    {
      part: 'actor.tick',
      measure: 'one tick event of one account',
      value: rounded(medians.account),
      unit: 'ns',
      ceiling: rounded(medians.bare),
      ratio: ratioOf(medians.account, medians.bare),
      target: '<= 3 times a bare send',
    },
  ];
}

function accountRound(parent: AnyActorRef): () => number {
  const fixture = newBook(symbols);
  const { book, judge } = fixture;
  fillBook(fixture, accounts, positions);
  let emitted = 0;
  const desk = {
    book,
    judge,
    emit: () => {
      emitted++;
    },
    stopped: new Set<number>(),
    failed: rethrow,
  };
  const logic = accountLogic(accountStep(desk));
  const actors: AccountActor[] = Array.from({ length: accounts }, (_, row) =>
    createActor(logic, { input: row, id: `account-${row}`, parent }),
  );
  for (const actor of actors) actor.start();
  const event: TickEvent = { type: 'tick', tick: fixtureStart, time: fixtureStart };
  return () => {
    emitted = 0;
    let spent = 0;
    for (let i = 0; i < ticksARound; i++) {
      event.tick = event.time += 25;
      book.beginTick(event.time, allPrices(fixture, event.time), () => undefined);
      const { dirtyRows, dirtyCount } = book;
      const startedAt = performance.now();
      for (let at = 0; at < dirtyCount; at++) actors[dirtyRows[at] as number]?.send(event);
      spent += performance.now() - startedAt;
      book.endTick();
    }
    if (emitted !== accounts * ticksARound)
      throw new Error(`${emitted} updates of ${accounts * ticksARound}`);
    return (spent / emitted) * nanosPerMs;
  };
}

function bareRound(parent: AnyActorRef): () => number {
  const logic = fromTransition((row: number, _event: TickEvent): number => row, 0);
  const actors = Array.from({ length: accounts }, (_, row) =>
    createActor(logic, { id: `bare-${row}`, parent }),
  );
  for (const actor of actors) actor.start();
  const event: TickEvent = { type: 'tick', tick: 0, time: 0 };
  return () => {
    const startedAt = performance.now();
    for (let i = 0; i < ticksARound; i++) {
      for (let at = 0; at < accounts; at++) actors[at]?.send(event);
    }
    return ((performance.now() - startedAt) / (accounts * ticksARound)) * nanosPerMs;
  };
}
