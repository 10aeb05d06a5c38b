/**
 * Messages of the stream LEDGER to events: `settlements.<account>`, `cash.<account>`, `accounts.<account>`, each one
 * object or an array of them, judged one by one. Judges the shape; what the values mean comes later, in the ledger.
 */
import { limits } from '../../config/limits.ts';
import { isId } from '../../src/domain/identifier.ts';
import type { LedgerEvent, LedgerMessage } from '../../src/domain/ledger-event.ts';
import { rejected, type Rejected } from '../../src/domain/rejection.ts';
import type { SymbolTable } from '../../src/domain/symbol-table.ts';
import { readAdmin } from './admin-message.ts';
import { ByteInterner } from './byte-interner.ts';
import { readCash } from './cash-message.ts';
import { FieldReader } from './fields.ts';
import { arrayProblem, isObject, notJson, parseJson } from './json.ts';
import { SettlementScanner } from './settlement-scanner.ts';
import { SymbolLookup } from './symbol-lookup.ts';
import { readSettlement } from './settlement-message.ts';

type SubjectKind = 'settlements' | 'cash' | 'accounts';

interface LedgerSubject {
  readonly text: string;
  /** null: none of the contract's subjects. */
  readonly kind: SubjectKind | null;
  /** '' where the subject names no account. */
  readonly account: string;
}

type Item = LedgerEvent | Rejected;

export class LedgerDecoder {
  private readonly symbols: SymbolTable;
  private readonly scanner: SettlementScanner;
  private readonly fields = new FieldReader();
  private readonly subjectIds = new ByteInterner(limits.ledgerSubjectsMax);
  private readonly subjects: LedgerSubject[] = [];

  constructor(symbols: SymbolTable) {
    this.symbols = symbols;
    this.scanner = new SettlementScanner(new SymbolLookup(symbols));
  }

  /** `sequence` and `time` (ms) are the stream's. The payload is kept by reference, not copied. */
  decode(subject: Uint8Array, payload: Uint8Array, sequence: number, time: number): LedgerMessage {
    const { text, kind, account } = this.subjectOf(subject);
    return { sequence, time, subject: text, account, items: this.itemsOf(kind, payload), payload };
  }

  private itemsOf(kind: SubjectKind | null, payload: Uint8Array): readonly Item[] {
    if (kind === null) return [rejected('malformed', 'subject')];
    const fills = kind === 'settlements' ? this.scanner.scan(payload) : null;
    return fills ?? this.items(kind, parseJson(payload));
  }

  private items(kind: SubjectKind, message: unknown): readonly Item[] {
    if (message === notJson) return [rejected('malformed', 'not JSON')];
    if (!Array.isArray(message)) return [this.item(kind, message)];
    const problem = arrayProblem(message);
    if (problem !== null) return [problem];
    return (message as unknown[]).map((element) => this.item(kind, element));
  }

  private item(kind: SubjectKind, message: unknown): Item {
    if (!isObject(message)) return rejected('malformed', 'not an object');
    switch (kind) {
      case 'settlements':
        return readSettlement(this.fields, message, this.symbols);
      case 'cash':
        return readCash(this.fields, message);
      case 'accounts':
        return readAdmin(this.fields, message);
    }
  }

  private subjectOf(bytes: Uint8Array): LedgerSubject {
    const id = this.subjectIds.find(bytes, 0, bytes.length);
    if (id >= 0) return this.subjects[id] as LedgerSubject;
    const subject = parseSubject(Buffer.from(bytes).toString('utf8'));
    if (this.subjectIds.add(bytes, 0, bytes.length, this.subjects.length)) this.subjects.push(subject);
    return subject;
  }
}

function parseSubject(text: string): LedgerSubject {
  const [kind = '', account = '', ...more] = text.split('.');
  const isKnown = kind === 'settlements' || kind === 'cash' || kind === 'accounts';
  if (!isKnown || more.length > 0 || !isId(account)) return { text, kind: null, account: '' };
  return { text, kind, account };
}
