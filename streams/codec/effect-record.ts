/**
 * The effect log's messages: what ledger events were valued at, compact, many to a message. Binary, since a recovery
 * reads a million of them. Knows the bytes; nothing of where they go.
 *
 * Head, 33 bytes: version, then as doubles the tick and the time (NaN: none yet), the position of the log's message
 * before this one, and the base of sequences. A record: flags; sequence - base (zigzag); index; number of bookings and
 * the bookings; of rate, equityBefore, navBefore, units and nav those that are not NaN; epoch unless it is 1; and of a
 * late booking the account, the field, the currency and the amount. Integers are varints, figures doubles.
 */
import type { BookField, Effect } from '../../src/domain/effect.ts';
import type { RecordedEffect } from '../../src/domain/recorded.ts';

const version = 1;
const tickAt = 1;
const timeAt = 9;
const previousAt = 17;
const baseAt = 25;
const headBytes = 33;

const hasIndex = 1;
const hasRate = 2;
const hasEquityBefore = 4;
const hasNavBefore = 8;
const hasUnits = 16;
const hasNav = 32;
const hasEpoch = 64;
const isLate = 128;

const fields: readonly BookField[] = ['realized', 'fees', 'income', 'netFlow'];
/** Above a record without its bookings: flags, four varints, seven doubles, an account and a currency. */
const recordBytesMax = 512;
const initialBytes = 1_024;
/** Ids of accounts have at most 64 characters, currencies 5, all ASCII. */
const textBytesMax = 127;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One message while it is written. */
export class EffectMessage {
  /** LEDGER sequences of the events in it; NaN where there is none. */
  first = NaN;
  last = NaN;
  private bytes = new Uint8Array(initialBytes);
  private view = new DataView(this.bytes.buffer);
  private at = headBytes;
  private base = 0;

  constructor() {
    this.bytes[0] = version;
  }

  get length(): number {
    return this.at;
  }

  get isEmpty(): boolean {
    return this.at === headBytes;
  }

  /** Without the head. */
  get recordBytes(): number {
    return this.at - headBytes;
  }

  /** Late bookings keep their account; events are found by sequence and index. */
  add(e: Effect): void {
    this.reserve(recordBytesMax + 8 * e.bookings.length);
    const { event } = e;
    const late = event.kind === 'booked' ? event : null;
    if (this.isEmpty) {
      this.base = e.sequence;
      this.view.setFloat64(baseAt, e.sequence);
    }
    if (late === null) {
      // Of an account that was rebuilt they come later than those of others.
      this.first = Number.isNaN(this.first) ? e.sequence : Math.min(this.first, e.sequence);
      this.last = Number.isNaN(this.last) ? e.sequence : Math.max(this.last, e.sequence);
    }
    const flagsAt = this.at++;
    const delta = e.sequence - this.base;
    this.varint(delta < 0 ? -2 * delta - 1 : 2 * delta);
    let flags = late === null ? 0 : isLate;
    if (e.index !== 0) {
      flags |= hasIndex;
      this.varint(e.index);
    }
    this.varint(e.bookings.length);
    for (const booking of e.bookings) this.double(booking);
    flags |= this.figure(e.rate, hasRate) | this.figure(e.equityBefore, hasEquityBefore);
    flags |= this.figure(e.navBefore, hasNavBefore) | this.figure(e.units, hasUnits);
    flags |= this.figure(e.nav, hasNav);
    if (e.epoch !== 1) {
      flags |= hasEpoch;
      this.varint(e.epoch);
    }
    if (late !== null) {
      this.text(e.accountId);
      this.varint(fields.indexOf(late.field));
      this.text(late.currency);
      this.double(late.amount);
    }
    this.bytes[flagsAt] = flags;
  }

  /** The tick tells of what was added. */
  seal(tick: number, time: number): void {
    this.view.setFloat64(tickAt, tick);
    this.view.setFloat64(timeAt, time);
  }

  /** The message as it goes out, after the one at position `previous` (0: none). */
  bytesAfter(previous: number): Uint8Array {
    this.view.setFloat64(previousAt, previous);
    return this.bytes.subarray(0, this.at);
  }

  private figure(value: number, flag: number): number {
    if (Number.isNaN(value)) return 0;
    this.double(value);
    return flag;
  }

  private double(value: number): void {
    this.view.setFloat64(this.at, value);
    this.at += 8;
  }

  private varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      const high = Math.floor(rest / 128);
      this.bytes[this.at++] = rest - high * 128 + 128;
      rest = high;
    }
    this.bytes[this.at++] = rest;
  }

  private text(text: string): void {
    const { written } = encoder.encodeInto(
      text,
      this.bytes.subarray(this.at + 1, this.at + 1 + textBytesMax),
    );
    this.bytes[this.at] = written;
    this.at += 1 + written;
  }

  private reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** The position of the log's message before this one; 0 where there was none. */
export function previousPosition(body: Uint8Array): number {
  checkVersion(body);
  return viewOf(body).getFloat64(previousAt);
}

/** Gives each effect of a message, in order. Throws where it is no such message. */
export function readEffects(body: Uint8Array, take: (effect: RecordedEffect) => void): void {
  checkVersion(body);
  const view = viewOf(body);
  const tick = view.getFloat64(tickAt);
  const time = view.getFloat64(timeAt);
  const base = view.getFloat64(baseAt);
  let at = headBytes;

  while (at < body.length) {
    const flags = byte();
    const zigzag = varint();
    const delta = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    const index = (flags & hasIndex) === 0 ? 0 : varint();
    const bookings: number[] = [];
    for (let left = varint(); left > 0; left--) bookings.push(double());
    const rate = figure(flags & hasRate);
    const equityBefore = figure(flags & hasEquityBefore);
    const navBefore = figure(flags & hasNavBefore);
    const units = figure(flags & hasUnits);
    const nav = figure(flags & hasNav);
    const epoch = (flags & hasEpoch) === 0 ? 1 : varint();
    let account = '';
    let late: RecordedEffect['late'] = null;
    if ((flags & isLate) !== 0) {
      account = text();
      late = { field: fieldOf(varint()), currency: text(), amount: double() };
    }
    const sequence = base + delta;
    take({ account, sequence, index, bookings, late, rate, equityBefore, navBefore, units, nav, epoch, tick, time });
  } // prettier-ignore

  function byte(): number {
    const value = body[at++];
    if (value === undefined) throw new Error('a message of the effect log is cut off');
    return value;
  }
  function varint(): number {
    let value = 0;
    let power = 1;
    for (;;) {
      const next = byte();
      if (next < 128) return value + next * power;
      value += (next - 128) * power;
      power *= 128;
    }
  }
  function double(): number {
    const value = view.getFloat64(at);
    at += 8;
    return value;
  }
  function figure(flag: number): number {
    return flag === 0 ? NaN : double();
  }
  function text(): string {
    const length = byte();
    at += length;
    if (at > body.length) throw new Error('a message of the effect log is cut off');
    return decoder.decode(body.subarray(at - length, at));
  }
}

function checkVersion(body: Uint8Array): void {
  if (body.length < headBytes) throw new Error('a message of the effect log is cut off');
  if (body[0] === version) return;
  throw new Error(
    `a message of the effect log has version ${String(body[0])}, this version knows ${version}: ` +
      'run the version of Tidemark that wrote it',
  );
}

function viewOf(body: Uint8Array): DataView {
  return new DataView(body.buffer, body.byteOffset, body.byteLength);
}

function fieldOf(code: number): BookField {
  const field = fields[code];
  if (field === undefined) throw new Error(`a message of the effect log has an unknown field ${code}`);
  return field;
}
