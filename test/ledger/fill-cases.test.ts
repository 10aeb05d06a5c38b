/** Published cases of fills (test/fixtures/fill-cases.json, each with its source), by one convention for all. */
import assert from 'node:assert/strict';
import { fillCases } from '../support/fill-cases.ts';
import type { FillCase } from '../support/fill-cases.ts';
import { assertUniform, openingMessages } from '../support/fill-cases.ts';
import { BookStory } from '../support/book-story.ts';

function play(fillCase: FillCase): BookStory {
  const story = new BookStory();
  for (const { subject, message } of openingMessages(fillCase, 'a')) {
    assert.deepEqual(story.tell(subject, message), { applied: true });
  }
  if (fillCase.mark_price !== undefined) story.price('X', fillCase.mark_price);
  story.tick();
  return story;
}

describe('published fill cases', () => {
  for (const fillCase of fillCases) {
    it(`${fillCase.id} comes out as published (${fillCase.source})`, () => {
      assertUniform(play(fillCase).position('X'), fillCase);
    });
  }
});
