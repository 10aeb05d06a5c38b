/**
 * The first messages of the simulated market: instruments, accounts, deposits, opening positions. However often it is
 * started over one data directory, each of them is in LEDGER once: it is written only as the first of its subject.
 */
import { symbolKey } from '../domain/identifier.ts';
import type { Link } from '../../streams/sources/connection.ts';
import { isRefusedByRevision } from '../../streams/sources/expected-revision.ts';
import { instrumentsBucket } from '../../streams/sources/stream-definitions.ts';
import { limits } from '../../config/limits.ts';
import type { PlannedAccount } from './plan.ts';
import type { DemoSymbol } from './symbols.ts';

/** Opens what is not yet open; says how many accounts it found without a deposit. */
export async function openMarket(
  link: Link,
  accounts: readonly PlannedAccount[],
  symbols: readonly DemoSymbol[],
  now: () => number,
): Promise<number> {
  const bucket = await link.nats.jetstream().views.kv(instrumentsBucket);
  for (const { symbol, fields } of symbols) {
    if (fields !== null) await bucket.put(symbolKey(symbol), JSON.stringify(fields));
  }
  let opened = 0;
  for (let i = 0; i < accounts.length; i += limits.demoOpeningsAtOnce) {
    const batch = accounts.slice(i, i + limits.demoOpeningsAtOnce);
    const funded = await Promise.all(batch.map((account) => openAccount(link, account, now())));
    opened += funded.filter(Boolean).length;
  }
  return opened;
}

async function openAccount(link: Link, account: PlannedAccount, ts: number): Promise<boolean> {
  const { id, name, base, type, depositMinor, opening } = account;
  await publishFirst(link, `accounts.${id}`, {
    type: 'open',
    name,
    base_currency: base,
    account_type: type,
    ts,
  });
  const deposit = { id: 'demo-fund', type: 'deposit', amount: depositMinor, currency: base, ts };
  const isNew = await publishFirst(link, `cash.${id}`, deposit);
  await publishFirst(
    link,
    `settlements.${id}`,
    opening.map((settlement) => ({ ...settlement, ts })),
  );
  return isNew;
}

/** False where the subject has a message already. */
async function publishFirst(link: Link, subject: string, message: unknown): Promise<boolean> {
  try {
    await link.nats.jetstream().publish(subject, JSON.stringify(message), {
      expect: { lastSubjectSequence: 0 },
      timeout: limits.demoAckMsMax,
    });
    return true;
  } catch (error) {
    if (isRefusedByRevision(error)) return false;
    throw error;
  }
}
