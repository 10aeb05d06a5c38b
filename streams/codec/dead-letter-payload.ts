/**
 * What was refused, as text: the message, or of an array the element that the letter's index names, so that a thousand
 * bad elements are not a thousand copies of a megabyte.
 */
import type { DeadLetter } from '../../src/ports.ts';
import { arrayProblem, notJson, parseJson } from './json.ts';

export interface RefusedElement {
  readonly letter: DeadLetter;
  readonly text: string;
  /** base64 where the payload is no text. */
  readonly encoding: 'text' | 'base64';
  /** Whether `text` is only the beginning. */
  readonly isCut: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const openingBracket = 0x5b;

export class DeadLetterPayloads {
  private payload: Uint8Array | null = null;
  private elements: readonly unknown[] | null = null;

  /** `charsMax`: what is longer is cut. */
  read(letter: DeadLetter, charsMax: number): RefusedElement {
    const element = this.elementText(letter);
    if (element !== null) return refusedElement(letter, element, 'text', charsMax);
    try {
      return refusedElement(letter, utf8.decode(letter.payload), 'text', charsMax);
    } catch {
      const bytes = letter.payload.subarray(0, charsMax);
      return refusedElement(letter, Buffer.from(bytes).toString('base64'), 'base64', charsMax);
    }
  }

  private elementText(letter: DeadLetter): string | null {
    if (letter.payload[0] !== openingBracket) return null;
    if (this.payload !== letter.payload) {
      const message = parseJson(letter.payload);
      this.payload = letter.payload;
      const elements = message !== notJson && Array.isArray(message) ? (message as unknown[]) : null;
      // One that is too long, or empty, was refused whole.
      this.elements = elements !== null && arrayProblem(elements) !== null ? null : elements;
    }
    if (this.elements === null || letter.index >= this.elements.length) return null;
    try {
      return JSON.stringify(this.elements[letter.index]);
    } catch {
      return null; // Nested too deeply to be written again: the whole message then.
    }
  }
}

function refusedElement(
  letter: DeadLetter,
  text: string,
  encoding: 'text' | 'base64',
  charsMax: number,
): RefusedElement {
  const isCut = text.length > charsMax || (encoding === 'base64' && letter.payload.length > charsMax);
  return { letter, text: isCut ? text.slice(0, charsMax) : text, encoding, isCut };
}
