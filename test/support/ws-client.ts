/** A client of the gateway's WebSocket, for tests: what it sent is answered by id, what came is kept in order. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import type { Json } from './running-tidemark.ts';
import { until } from './until.ts';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export class WsClient {
  readonly socket: WebSocket;
  /** Every message, as JSON. */
  readonly messages: Json[] = [];
  /** Null while it is open. */
  closed: Closed | null = null;
  private lastId = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString()) as Json));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    // Told by `closed`.
    socket.on('error', () => undefined);
  }

  /** `port` of the gateway on loopback. Fails where the upgrade is refused. */
  static async connect(port: number, options: ClientOptions = {}): Promise<WsClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { handshakeTimeout: 10_000, ...options });
    const client = new WsClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** The status with which the upgrade is refused. */
  static async refusal(port: number, options: ClientOptions = {}): Promise<number> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, options);
    socket.on('error', () => undefined);
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    socket.terminate();
    return answer.statusCode;
  }

  /** With a token in its first message. */
  static async withToken(port: number, token: string): Promise<WsClient> {
    const client = await WsClient.connect(port);
    await client.ok('auth', { token });
    return client;
  }

  /** The whole answer to a request. */
  async ask(method: string, params?: object): Promise<Json> {
    const id = ++this.lastId;
    this.socket.send(JSON.stringify({ method, id, ...(params === undefined ? {} : { params }) }));
    return until(() => this.messages.find((each) => each['id'] === id && !('stream' in each)), {
      what: `the answer to ${method}`,
      timeoutMs: 15_000,
      pollMs: 1,
    });
  }

  async ok(method: string, params?: object): Promise<Json> {
    const answer = await this.ask(method, params);
    assert.ok('result' in answer, JSON.stringify(answer));
    return answer['result'] as Json;
  }

  /** Code and reason of the error that the request is answered with. */
  async failing(method: string, params?: object): Promise<[code: unknown, reason: unknown]> {
    const { error } = await this.ask(method, params);
    const { code, reason } = error as Json;
    return [code, reason];
  }

  /** Data of a stream's frames so far. */
  data(stream: string): Json[] {
    return this.messages.filter((each) => each['stream'] === stream).map((each) => each['data'] as Json);
  }

  equity(account: string | number): Json[] {
    return this.data('equity').filter((each) => each['account_id'] === account);
  }

  async whenClosed(): Promise<Closed> {
    return until(() => this.closed, { what: 'the socket to be closed', timeoutMs: 30_000 });
  }

  close(): void {
    this.socket.terminate();
  }
}
