/**
 * A publisher of ready-made NATS protocol over one TCP connection: what is written is `PUB` frames that its user keeps
 * and patches. Costs a fraction of a client's publish, so that the load takes little of the machine under test. Speaks
 * no more than CONNECT, PUB, PING and PONG; no TLS, no reconnect: a connection that breaks ends the run.
 */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { NatsAccess } from '../../streams/sources/nats-access.ts';
import { Failure } from '../failure.ts';

export class PriceSocket {
  private readonly socket: Socket;
  private pongs: (() => void)[] = [];
  private text = '';
  private failure: Error | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.receive(chunk.toString('latin1')));
    socket.on('error', (error) => (this.failure ??= error));
    socket.on('close', () => {
      this.failure ??= new Error('the connection to NATS was closed');
      this.wake();
    });
  }

  /** Throws where nothing answers, or the server refuses the connection. */
  static async open(url: string, access?: NatsAccess): Promise<PriceSocket> {
    const { hostname, port } = new URL(url.split(',')[0] ?? url);
    if (access?.needsTls === true || (access?.nkey ?? access?.creds ?? null) !== null) {
      throw new Failure(
        'the load test sends its prices without TLS, by a user and password, a token or nothing',
      );
    }
    const socket = connect({ host: hostname, port: Number(port === '' ? 4222 : port), noDelay: true });
    const opened = new PriceSocket(socket);
    await once(socket, 'connect');
    const options = {
      verbose: false,
      pedantic: false,
      lang: 'node',
      name: 'tidemark-load-prices',
      protocol: 1,
      user: access?.user ?? undefined,
      pass: access?.password ?? undefined,
      auth_token: access?.token ?? undefined,
    };
    socket.write(`CONNECT ${JSON.stringify(options)}\r\n`);
    await opened.flush();
    return opened;
  }

  /** Bytes handed over that the kernel has not taken yet. */
  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  /** Throws when the connection has broken. The bytes are read until `taken` is called, and must not change before. */
  write(frames: Uint8Array, taken: () => void): void {
    if (this.failure !== null) throw this.failure;
    this.socket.write(frames, taken);
  }

  /** Resolves when the server has everything written before. */
  async flush(): Promise<void> {
    const answered = new Promise<void>((resolve) => this.pongs.push(resolve));
    this.socket.write('PING\r\n');
    await answered;
    if (this.failure !== null) throw this.failure;
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  private receive(chunk: string): void {
    const lines = (this.text + chunk).split('\r\n');
    this.text = lines.pop() ?? '';
    for (const line of lines) {
      if (line === 'PONG') this.pongs.shift()?.();
      else if (line === 'PING') this.socket.write('PONG\r\n');
      else if (line.startsWith('-ERR')) {
        this.failure ??= new Error(`NATS refuses the load: ${line.slice(5)}`);
        this.wake();
      }
    }
  }

  private wake(): void {
    const { pongs } = this;
    this.pongs = [];
    for (const each of pongs) each();
  }
}
