/**
 * The one door to NATS of whoever asks from outside the engine, the command line and the gateway: requests to the service
 * `tidemark`, acknowledged and plain publishing, reading single messages of a stream. Every failure comes out as one
 * sentence that names the key to change. Knows no event and no command.
 */
import {
  connect,
  createInbox,
  Events,
  NatsError,
  ServiceError,
  StringCodec,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
} from 'nats';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import type { Link } from '../../streams/sources/connection.ts';
import { accessOptions, refusalOf } from '../../streams/sources/nats-access.ts';
import { natsAccess, natsUrl } from '../addresses.ts';
import { Failure } from '../failure.ts';
import type { Cancel } from '../ports.ts';

/** The service refused: its code and its own word for why. */
export class ServiceRefusal extends Failure {
  readonly code: number;
  readonly reason: string;
  constructor(code: number, reason: string) {
    super(`the engine refuses: ${reason}`);
    this.code = code;
    this.reason = reason;
  }
}

/** Nobody serves the request, or nobody answers in time. */
export class EngineAway extends Failure {}

export interface Acknowledgement {
  readonly stream: string;
  readonly sequence: number;
}

export interface KeptMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly timeMs: number;
  readonly payload: Uint8Array;
}

export type ConnectionState = 'connected' | 'disconnected';

const text = StringCodec();
const notFound = '404';

export class NatsDoor {
  readonly url: string;
  readonly connection: NatsConnection;
  private readonly jetStream: JetStreamClient;
  private readonly manager: JetStreamManager;
  private isUp = true;
  private readonly listeners = new Set<(state: ConnectionState) => void>();

  constructor(url: string, connection: NatsConnection, manager: JetStreamManager) {
    this.url = url;
    this.connection = connection;
    this.jetStream = connection.jetstream({ timeout: limits.clientRequestMsMax });
    this.manager = manager;
    void this.watchState();
  }

  /** The reply's text, as it came. Throws ServiceRefusal and EngineAway. */
  async ask(
    endpoint: string,
    request: object,
    withinMs: number = limits.clientRequestMsMax,
  ): Promise<string> {
    const subject = `tidemark.${endpoint}`;
    try {
      const reply = await this.connection.request(subject, text.encode(JSON.stringify(request)), {
        timeout: withinMs,
      });
      const refusal = ServiceError.toServiceError(reply);
      if (refusal !== null) throw new ServiceRefusal(refusal.code, refusal.message);
      return text.decode(reply.data);
    } catch (error) {
      if (isCode(error, '503')) {
        throw new EngineAway(
          `no engine answers on NATS at ${this.url}: start it with \`tidemark up\` or \`tidemark run engine\``,
        );
      }
      if (isCode(error, 'TIMEOUT')) {
        throw new EngineAway(`the engine has not answered ${subject} within ${withinMs / 1000} s`);
      }
      throw this.told(error);
    }
  }

  /** The replies, as text, of all that answer within so long: perhaps of none. */
  async askAll(endpoint: string, withinMs: number): Promise<string[]> {
    const replies: string[] = [];
    try {
      const answers = await this.connection.requestMany(`tidemark.${endpoint}`, '', { maxWait: withinMs });
      for await (const answer of answers) replies.push(text.decode(answer.data));
      return replies;
    } catch (error) {
      if (isCode(error, '503')) return replies;
      throw this.told(error);
    }
  }

  /** Resolves when the message is in its stream: an object as JSON, bytes as they are. */
  async publishAcknowledged(subject: string, message: object | Uint8Array): Promise<Acknowledgement> {
    try {
      const payload = message instanceof Uint8Array ? message : text.encode(JSON.stringify(message));
      const ack = await this.jetStream.publish(subject, payload);
      return { stream: ack.stream, sequence: ack.seq };
    } catch (error) {
      if (isCode(error, '503')) {
        throw this.noStream(subject);
      }
      throw this.told(error);
    }
  }

  /** Hands a message to the connection; it has reached the server only after `flush`. */
  publish(subject: string, payload: string | Uint8Array): void {
    try {
      this.connection.publish(subject, payload);
    } catch (error) {
      throw this.told(error);
    }
  }

  /** Resolves when the server has everything published before. */
  async flush(): Promise<void> {
    try {
      await this.connection.flush();
    } catch (error) {
      throw this.told(error);
    }
    // nats.js resolves a flush also when the connection ends under it.
    if (this.connection.isClosed()) throw this.told(new NatsError('', 'CONNECTION_CLOSED'));
  }

  /**
   * Publishes, and says whether anyone listens, be it a subscriber or a stream: the server answers a message with a
   * reply subject that nobody takes, and does so before it answers the flush.
   */
  async publishHeard(subject: string, payload: string | Uint8Array): Promise<boolean> {
    const reply = createInbox();
    let unheard = false;
    const answers = this.connection.subscribe(reply, {
      callback: (_, message) => {
        if (message.headers?.code === 503) unheard = true;
      },
    });
    try {
      this.connection.publish(subject, payload, { reply });
      await this.flush();
      return !unheard;
    } catch (error) {
      throw this.told(error);
    } finally {
      answers.unsubscribe();
    }
  }

  /** Calls `take` for each message until it is cancelled or the connection ends. */
  subscribe(subject: string, take: (subject: string, payload: Uint8Array) => void): Cancel {
    const subscription = this.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) take(message.subject, message.data);
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Calls `tell` when the connection is lost and when it is back, subscriptions and all, until cancelled. */
  onState(tell: (state: ConnectionState) => void): Cancel {
    this.listeners.add(tell);
    return () => void this.listeners.delete(tell);
  }

  private async watchState(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type !== Events.Disconnect && type !== Events.Reconnect) continue;
      this.isUp = type === Events.Reconnect;
      for (const tell of this.listeners) tell(this.isUp ? 'connected' : 'disconnected');
    }
  }

  /** Sequences of a stream's first and last message; null where there is no such stream. */
  async range(stream: string): Promise<{ first: number; last: number } | null> {
    try {
      const { state } = await this.manager.streams.info(stream);
      return { first: state.first_seq, last: state.last_seq };
    } catch (error) {
      if (isCode(error, notFound)) return null;
      throw this.told(error);
    }
  }

  /** One message of a stream; null where there is none. */
  async message(
    stream: string,
    query: { readonly seq: number; readonly next_by_subj?: string } | { readonly last_by_subj: string },
  ): Promise<KeptMessage | null> {
    try {
      const found = await this.manager.streams.getMessage(stream, query);
      return {
        subject: found.subject,
        sequence: found.seq,
        timeMs: found.time.getTime(),
        payload: found.data,
      };
    } catch (error) {
      if (isCode(error, notFound)) return null;
      throw this.told(error);
    }
  }

  /** What the action gives; fails with the connection, for actions that would wait for it to come back. */
  async whileConnected<T>(action: Promise<T>): Promise<T> {
    const lost = this.connection.closed().then(() => {
      throw this.told(new NatsError('', 'CONNECTION_CLOSED'));
    });
    return Promise.race([action, lost]);
  }

  /** The same connection for what streams/ reads and publishes with. */
  get link(): Link {
    const { connection } = this;
    const isUp = (): boolean => this.isUp && !connection.isClosed();
    return {
      nats: connection,
      get isUp() {
        return isUp();
      },
      onReconnect: (action) =>
        this.onState((state) => {
          if (state === 'connected') action();
        }),
      close: () => connection.close(),
    };
  }

  /** Whether the server is reached at this moment. */
  get isConnected(): boolean {
    return this.isUp;
  }

  /** Resolves when the connection is closed and will not be taken up again, with why. */
  get ended(): Promise<string> {
    return this.connection.closed().then((error) => (error instanceof Error ? error.message : 'closed'));
  }

  get isClosed(): boolean {
    return this.connection.isClosed();
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** What to say where nothing keeps a subject. */
  noStream(subject: string): Failure {
    return new Failure(
      `no stream at ${this.url} keeps ${subject}: the engine makes the streams when it starts, with \`tidemark up\` or \`tidemark run engine\``,
    );
  }

  private told(error: unknown): Error {
    if (!(error instanceof NatsError)) return error instanceof Error ? error : new Error(String(error));
    if (isCode(error, 'CONNECTION_CLOSED') || isCode(error, 'DISCONNECT')) {
      return new Failure(`the connection to NATS at ${this.url} was lost`);
    }
    if (isCode(error, 'TIMEOUT')) {
      return new Failure(`NATS at ${this.url} has not answered within ${limits.clientRequestMsMax / 1000} s`);
    }
    if (isCode(error, '503')) {
      return new Failure(`NATS at ${this.url} has no JetStream: start nats-server with --jetstream`);
    }
    return new Failure(`NATS at ${this.url}: ${error.message}`);
  }
}

export interface ConnectOptions {
  /** Whether a lost connection is taken up again, for as long as it takes. */
  readonly reconnects?: boolean;
  /** As the server knows it. */
  readonly name?: string;
}

/** Throws Failure, naming the keys to set. */
export async function connectNats(
  config: Config,
  { reconnects = false, name = 'tidemark cli' }: ConnectOptions = {},
): Promise<NatsDoor> {
  const url = natsUrl(config);
  const options = accessOptions(url, natsAccess(config));
  try {
    const connection = await connect({
      ...options,
      name,
      timeout: limits.clientConnectMsMax,
      noAsyncTraces: true,
      reconnect: reconnects,
      maxReconnectAttempts: -1,
      reconnectTimeWait: limits.natsReconnectWaitMs,
      pingInterval: limits.clientPingMs,
    });
    // Without the check: a server without JetStream serves prices and requests all the same.
    const manager = await connection.jetstreamManager({
      checkAPI: false,
      timeout: limits.clientRequestMsMax,
    });
    return new NatsDoor(url, connection, manager);
  } catch (error) {
    throw (
      refusalOf(error, url) ??
      new Failure(
        `NATS does not answer at ${url}: start it with \`tidemark up\`, or set nats.url or nats.port`,
      )
    );
  }
}

/** A connection for as long as `action` runs. */
export async function withNats<T>(config: Config, action: (nats: NatsDoor) => Promise<T>): Promise<T> {
  const nats = await connectNats(config);
  try {
    return await action(nats);
  } finally {
    await nats.close();
  }
}

function isCode(error: unknown, code: string): boolean {
  return (
    error instanceof NatsError && (error.code === code || (error.api_error?.code ?? NaN) === Number(code))
  );
}
