/**
 * What the simulated back ends and feeds send, from a seed: ledger messages of a few accounts, sensible and not, sent
 * twice now and then, and prices of a few symbols. Knows what is sent, not what becomes of it.
 */
import type { InstrumentFields } from '../../src/domain/instrument.ts';
import type { Random } from '../../src/random.ts';

export const instruments: ReadonlyMap<string, InstrumentFields> = new Map([
  ['ACME', {}],
  ['SAP', { currency: 'EUR' }],
  ['ES', { multiplier: 50, style: 'margined', price_scale: 2 }],
  ['NIKKEI', { currency: 'JPY', price_scale: 2, quantity_scale: 0, multiplier: 10, style: 'margined' }],
  ['COIN', { quantity_scale: 8, price_scale: 2 }],
]);

/** Where prices begin, how far one moves, and with how many digits it is sent. */
const markets: Readonly<Record<string, { start: number; step: number; digits: number }>> = {
  ACME: { start: 50, step: 2, digits: 4 },
  SAP: { start: 120, step: 4, digits: 2 },
  ES: { start: 5000, step: 60, digits: 2 },
  NIKKEI: { start: 390, step: 6, digits: 2 },
  COIN: { start: 60_000, step: 2_000, digits: 2 },
  EURUSD: { start: 1.1, step: 0.01, digits: 4 },
  USDJPY: { start: 150, step: 1, digits: 3 },
};

export const symbols = Object.keys(markets);
const traded = [...instruments.keys()];
const currencies = ['USD', 'USD', 'USD', 'EUR', 'JPY'];

export interface LedgerDraft {
  readonly account: string;
  readonly subject: string;
  readonly data: Uint8Array;
}

export interface PriceDraft {
  readonly symbol: string;
  readonly text: string;
}

type Message = Record<string, unknown>;

export class Workload {
  private readonly random: Random;
  private readonly accounts: readonly string[];
  private readonly levels = new Map<string, number>();
  /** The last messages of each account, to be sent again. */
  private readonly sent = new Map<string, LedgerDraft[]>();
  private readonly quiet = new Set<string>();
  /** Targets of voids that were sent before them. */
  private readonly later: LedgerDraft[] = [];
  private ids = 0;

  constructor(random: Random) {
    this.random = random;
    this.accounts = Array.from({ length: random.pick([2, 3, 5, 12]) }, (_, i) => `a${i}`);
    for (const [symbol, { start }] of Object.entries(markets)) this.levels.set(symbol, start);
    // Some symbols have no price for a while, or never.
    for (const symbol of symbols) if (random.chance(0.3)) this.quiet.add(symbol);
  }

  /** Symbols that had no price so far may have one from now on. */
  wakeMarkets(): void {
    for (const symbol of [...this.quiet]) if (this.random.chance(0.5)) this.quiet.delete(symbol);
  }

  /** null: the symbol has no market yet. */
  price(): PriceDraft | null {
    const { random } = this;
    const symbol = random.pick(symbols);
    if (this.quiet.has(symbol)) return null;
    const { step, digits, start } = markets[symbol]!;
    const moved = (this.levels.get(symbol) ?? start) + step * random.normal();
    const level = Math.min(start * 1.8, Math.max(start * 0.4, moved));
    this.levels.set(symbol, level);
    return { symbol, text: level.toFixed(digits) };
  }

  message(): LedgerDraft {
    const { random } = this;
    const account = random.chance(0.4) ? this.accounts[0]! : random.pick(this.accounts);
    let sent = this.sent.get(account);
    if (sent === undefined) {
      this.sent.set(account, (sent = []));
      // In time, most often: what comes first may be overtaken.
      if (random.chance(0.5)) return this.opening(account);
    }
    if (sent.length > 0 && random.chance(0.08)) return random.pick(sent);
    if (this.later.length > 0 && random.chance(0.2)) return this.later.shift()!;
    const draft = random.chance(0.04) ? this.void(account, sent) : this.newMessage(account);
    sent.push(draft);
    if (sent.length > 60) sent.shift();
    return draft;
  }

  private opening(account: string): LedgerDraft {
    const body = { type: 'open', base_currency: this.random.pick(['USD', 'EUR', 'EUR', 'JPY']) };
    return { account, subject: `accounts.${account}`, data: Buffer.from(JSON.stringify(body)) };
  }

  private newMessage(account: string): LedgerDraft {
    const { random } = this;
    const draft = (kind: string, body: unknown): LedgerDraft => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return { account, subject: `${kind}.${account}`, data: Buffer.from(text) };
    };
    const dice = random.next();
    if (dice < 0.6) return draft('settlements', this.fill());
    if (dice < 0.66)
      return draft(
        'settlements',
        this.several(() => this.fill()),
      );
    if (dice < 0.7) return draft('settlements', this.transfer());
    if (dice < 0.88) return draft('cash', this.cash());
    if (dice < 0.9)
      return draft(
        'cash',
        this.several(() => this.cash()),
      );
    if (dice < 0.93) return draft('cash', this.conversion());
    if (dice < 0.95) return draft('accounts', this.administration());
    return draft('settlements', this.broken());
  }

  /** Of something sent before, most often; now and then of what comes later or never, or of what cannot be voided. */
  private void(account: string, sent: readonly LedgerDraft[]): LedgerDraft {
    const { random } = this;
    const isLate = sent.length === 0 || random.chance(0.25);
    const target = isLate ? this.newMessage(account) : random.pick(sent);
    if (isLate && random.chance(0.8)) this.later.push(target);
    const ids = [
      ...Buffer.from(target.data)
        .toString()
        .matchAll(/"id":"(\w+)"/g),
    ].map(([, id]) => id!);
    const isAstray = ids.length === 0 || random.chance(0.1);
    const [area] = random.chance(0.05) ? ['cash'] : target.subject.split('.');
    const message = { id: this.id(), type: 'void', of: isAstray ? this.id() : random.pick(ids) };
    return {
      account,
      subject: `${area === 'accounts' ? 'cash' : area}.${account}`,
      data: Buffer.from(JSON.stringify(message)),
    };
  }

  private id(): string {
    // Now and then an id that was used, with other content most likely; none that an account may have forgotten.
    if (this.ids > 0 && this.random.chance(0.02)) {
      return `i${this.random.integer(Math.max(1, this.ids - 300), this.ids)}`;
    }
    return `i${++this.ids}`;
  }

  private several(make: () => Message): Message[] {
    const list = Array.from({ length: this.random.integer(1, 4) }, make);
    if (this.random.chance(0.3)) list.push(list[0]!);
    return list;
  }

  private amount(max: number): number {
    return this.random.integer(1, max);
  }

  private fill(): Message {
    const { random } = this;
    const symbol = random.pick(traded);
    const isWhole = symbol === 'NIKKEI' || random.chance(0.6);
    const max = symbol === 'COIN' ? 2 : symbol === 'ES' ? 3 : 40;
    const message: Message = {
      id: this.id(),
      symbol,
      side: random.pick(['buy', 'sell']),
      quantity: isWhole ? String(this.amount(max)) : (this.amount(max * 100) / 100).toFixed(2),
      price: (this.levels.get(symbol) ?? 0).toFixed(markets[symbol]!.digits),
    };
    if (random.chance(0.3)) message['fee'] = random.integer(-40, 90);
    if (random.chance(0.1)) message['fee_currency'] = random.pick(currencies);
    if (random.chance(0.05) && !['ES', 'NIKKEI'].includes(symbol)) message['fee_quantity'] = '0.01';
    return message;
  }

  private transfer(): Message {
    const symbol = this.random.pick(['ACME', 'SAP', 'COIN']);
    const price = (this.levels.get(symbol) ?? 0).toFixed(markets[symbol]!.digits);
    const side = this.random.pick(['in', 'in', 'out']);
    return { id: this.id(), type: 'transfer', symbol, side, quantity: String(this.amount(3)), price };
  }

  private cash(): Message {
    const { random } = this;
    const type = random.pick(['deposit', 'deposit', 'deposit', 'withdrawal', 'fee', 'dividend', 'interest']);
    const isFlow = type === 'deposit' || type === 'withdrawal';
    const message: Message = { id: this.id(), type, amount: this.amount(isFlow ? 9_000_000 : 50_000) };
    if (random.chance(0.6)) message['currency'] = random.pick(currencies);
    return message;
  }

  private conversion(): Message {
    const [currency, to_currency] = [this.random.pick(currencies), this.random.pick(currencies)];
    const [amount, to_amount] = [this.amount(50_000), this.amount(50_000)];
    return { id: this.id(), type: 'conversion', amount, currency, to_currency, to_amount };
  }

  private administration(): Message {
    const type = this.random.pick(['open', 'suspend', 'resume', 'configure', 'close']);
    if (type !== 'configure') return { type };
    const name = `n${this.amount(9)}`;
    // Once anything is booked it says nothing.
    return this.random.chance(0.3)
      ? { type, name, base_currency: this.random.pick(currencies) }
      : { type, name };
  }

  private broken(): Message | string {
    const id = this.id();
    const good = { ...this.fill(), id };
    return this.random.pick<Message | string>([
      '{"id": ',
      { ...good, quantity: '0' },
      { ...good, quantity: '1.123456789' },
      { ...good, side: 'hold' },
      { ...good, type: 'gift' },
      { ...good, fee: 5, fee_currency: 'Dollars' },
      { ...good, symbol: 'ES', fee_quantity: '1' },
    ]);
  }
}
