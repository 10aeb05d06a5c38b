/** Live figures of accounts, asked of the engine as the command line does. Knows no route. */
import type { Config } from '../../config/load.ts';
import { inspect, inspectText, type InspectReply } from '../client/account-reply.ts';
import type { NatsDoor } from '../client/nats.ts';
import { exponentOf } from '../domain/currency.ts';
import type { History } from './history.ts';
import { unknownAccount } from './problem.ts';

/** Throws Problem: 404. */
export async function requireAccount(nats: NatsDoor, account: string): Promise<InspectReply> {
  const found = await inspect(nats, account);
  if (found === null) throw unknownAccount();
  return found;
}

/** As the engine said it, to the byte. Throws Problem: 404. */
export async function requireAccountText(nats: NatsDoor, account: string): Promise<string> {
  const text = await inspectText(nats, account);
  if (text === null) throw unknownAccount();
  return text;
}

/** Of an account of which history says nothing: throws Problem (404) where there is none. */
export async function requireKnown(history: History, nats: NatsDoor, account: string): Promise<void> {
  if (!(await history.knows(account))) await requireAccount(nats, account);
}

export function exponentFor(config: Config, { currency }: Pick<InspectReply, 'currency'>): number {
  return exponentOf(currency, config.currencies);
}
