/** What a route works with: the doors to the engine and to history, and the server that it is added to. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Config } from '../../config/load.ts';
import type { NatsDoor } from '../client/nats.ts';
import type { Log } from '../ports.ts';
import type { History } from './history.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface Parts {
  readonly config: Config;
  readonly nats: NatsDoor;
  /** A connection for what comes without being asked for: a flood of it holds no answer up. */
  readonly updates: NatsDoor;
  readonly history: History;
  /** Without, alerts are delivered to nobody. */
  readonly webhooks?: Pick<Webhooks, 'figures'>;
  readonly log: Log;
  /** Folder of the built dashboard, where it is another than web/dist. */
  readonly dashboard?: string | undefined;
}
