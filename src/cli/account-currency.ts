/** The currency that an account's history is in: rows do not say it. */
import type { Config } from '../../config/load.ts';
import { inspect } from '../client/account-reply.ts';
import { withNats } from '../client/nats.ts';
import { Failure } from './context.ts';

/** Without an engine to ask, the default one. */
export async function currencyOf(config: Config, account: string): Promise<string> {
  try {
    const found = await withNats(config, (nats) => inspect(nats, account));
    return found?.currency ?? config.accounts.base_currency;
  } catch (error) {
    if (error instanceof Failure) return config.accounts.base_currency;
    throw error;
  }
}
