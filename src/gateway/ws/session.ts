/**
 * One client: its messages, one after the other, its token, and when it is to be closed. Knows what a socket is; what it
 * may subscribe to is told by its subscriptions.
 */
import type { Socket } from 'node:net';
import type { WebSocket } from '@fastify/websocket';
import type { RawData } from 'ws';
import { limits } from '../../../config/limits.ts';
import type { Log } from '../../ports.ts';
import type { Authenticate, Identity } from '../identity.ts';
import { Problem, problemOf } from '../problem.ts';
import { closings, unauthenticated, type Closing } from './closing.ts';
import { answerText, errorText, shownId } from './frames.ts';
import { Outbox } from './outbox.ts';
import { invalid, parseRequest, type Params, type Request } from './requests.ts';
import { Subscriptions, type Answer, type Feeds } from './subscriptions.ts';

export interface SessionOptions {
  readonly socket: WebSocket;
  /** Below the socket. */
  readonly wire: Socket;
  readonly address: string;
  /** null: its first message has to bring a token. */
  readonly identity: Identity | null;
  readonly feeds: Feeds;
  readonly authenticate: Authenticate;
  /** Whether it may be counted for this identity, beside the sockets that are. */
  readonly admit: (session: Session, identity: Identity) => boolean;
  /** `reason`: why the gateway closed it; otherwise the other side did. */
  readonly ended: (session: Session, reason: string) => void;
  readonly log: Log;
}

export class Session {
  private readonly options: SessionOptions;
  private readonly outbox: Outbox;
  private identity: Identity | null;
  private subscriptions: Subscriptions | null;
  /** Messages that came and wait for the one before them. */
  private readonly waiting: string[] = [];
  private isWorking = false;
  private isEnded = false;
  private readonly openedAt = performance.now();
  private countedSince = 0;
  private counted = 0;
  private pingedAt = this.openedAt;
  private isAlive = true;

  constructor(options: SessionOptions) {
    const { socket, wire, identity, feeds } = options;
    this.options = options;
    this.outbox = new Outbox(socket, wire);
    this.identity = identity;
    this.subscriptions = identity === null ? null : new Subscriptions(feeds, this.outbox, identity);
    socket.on('message', (data, isBinary) => {
      this.receive(data, isBinary);
    });
    socket.on('pong', () => (this.isAlive = true));
    socket.on('close', () => {
      this.end('left');
    });
  }

  get backlog(): Outbox['backlog'] {
    return this.outbox.backlog;
  }

  close({ code, reason }: Closing): void {
    const { socket, address, log } = this.options;
    log.debug({ address, code, reason }, 'a socket is closed');
    this.end(reason);
    socket.close(code, reason);
    // To read the other side's part of it.
    socket.resume();
  }

  /** Without a word to the other side. */
  terminate(): void {
    this.end('dead');
    this.options.socket.terminate();
  }

  /** Whether it is still good: its token, its reader, its line. `now` as of performance.now. */
  check(now: number): void {
    if (this.identity === null) {
      if (now - this.openedAt > limits.gatewayWsTokenMsMax) this.close(closings.tokenMissing);
    } else if (Date.now() >= this.identity.endsAt) this.close(closings.tokenExpired);
    if (this.outbox.isTooSlow(now)) this.close(closings.slowReader);
    if (this.isEnded || now - this.pingedAt < limits.gatewayWsPingMs) return;
    if (!this.isAlive) {
      this.terminate();
      return;
    }
    this.isAlive = false;
    this.pingedAt = now;
    this.options.socket.ping();
  }

  private end(reason: string): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.subscriptions?.end();
    this.options.ended(this, reason);
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.isEnded) return;
    this.isAlive = true;
    if (!this.isWithinRate(performance.now())) {
      this.close(closings.tooManyMessages);
      return;
    }
    // What is not text is not JSON either.
    this.waiting.push(isBinary ? '' : (data as Buffer).toString());
    if (!this.isWorking) void this.work();
  }

  private isWithinRate(now: number): boolean {
    if (now - this.countedSince > limits.gatewayWsMessagesMs) {
      this.countedSince = now;
      this.counted = 0;
    }
    return ++this.counted <= limits.gatewayWsMessagesMax;
  }

  /** While one is answered no more are read: they wait at the sender's. */
  private async work(): Promise<void> {
    const { socket } = this.options;
    this.isWorking = true;
    socket.pause();
    for (let text = this.waiting.shift(); text !== undefined && !this.isEnded; text = this.waiting.shift()) {
      await this.answer(text);
    }
    socket.resume();
    this.isWorking = false;
  }

  private async answer(text: string): Promise<void> {
    const { id, request } = parseRequest(text);
    try {
      if (request instanceof Problem) throw request;
      const { result, afterwards } = await this.answerTo(request);
      if (this.isEnded) return;
      this.outbox.send(answerText(id, result));
      afterwards?.();
    } catch (error) {
      if (this.isEnded) return;
      const problem = this.problemFor(error);
      this.outbox.send(errorText(id, problem));
      // Who has shown no token has one try, but where it is us who cannot judge it.
      if (this.identity === null && problem.status !== 503) {
        this.close(problem.status === 401 ? unauthenticated(problem.reason) : closings.tokenMissing);
      }
    }
  }

  private async answerTo({ method, params }: Request): Promise<Answer> {
    if (method === 'auth') return this.authenticate(params);
    const { subscriptions } = this;
    if (subscriptions === null) {
      throw new Problem(401, 'token_missing', 'the first message must be auth, with a token');
    }
    switch (method) {
      case 'ping':
        return { result: { pong: true, timestamp: Date.now() } };
      case 'equity.subscribe':
        return subscriptions.subscribeEquity(params);
      case 'equity.unsubscribe':
        return subscriptions.unsubscribeEquity(params);
      case 'alerts.subscribe':
        return subscriptions.subscribeAlerts(params);
      case 'alerts.unsubscribe':
        return subscriptions.unsubscribeAlerts(params);
      case 'portfolio.subscribe':
      case 'portfolio.unsubscribe':
        throw new Problem(501, 'not_built', 'events of portfolios are not built yet');
    }
  }

  /** Also a newer token, before the one that it has expires. */
  private async authenticate(params: Params): Promise<Answer> {
    const { authenticate, address, admit, feeds } = this.options;
    const { token } = params;
    if (token !== undefined && typeof token !== 'string') throw invalid('token must be text');
    const identity = await authenticate(token === undefined ? undefined : `Bearer ${token}`, address);
    // Nobody is told any more.
    if (this.isEnded) return { result: {} };
    if (!admit(this, identity)) {
      this.close(closings.tooManySockets);
      return { result: {} };
    }
    this.identity = identity;
    if (this.subscriptions === null) this.subscriptions = new Subscriptions(feeds, this.outbox, identity);
    else this.subscriptions.allow(identity);
    const { accounts, isOperator, endsAt } = identity;
    return {
      result: {
        accounts: accounts === 'all' ? '*' : [...accounts].map(shownId),
        role: isOperator ? 'operator' : 'reader',
        expires_at: Number.isFinite(endsAt) ? endsAt : null,
      },
    };
  }

  private problemFor(error: unknown): Problem {
    const problem = problemOf(error);
    if (problem !== null) return problem;
    this.options.log.error(
      { error: error instanceof Error ? error.stack : String(error) },
      'a message failed',
    );
    return new Problem(500, 'internal', 'the request failed here');
  }
}
