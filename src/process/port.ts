/** TCP ports on loopback: whether one is free, and what a NATS server says of itself. Speaks no more protocol than that. */
import { connect, createServer } from 'node:net';
import { limits } from '../../config/limits.ts';

export function isPortFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** The first line that a NATS server sends to whoever connects. */
export interface NatsGreeting {
  readonly server_name: string;
  readonly version: string;
  readonly jetstream?: boolean;
  readonly max_payload: number;
}

/** null where nothing answers, or what answers is no NATS server. */
export function natsGreeting(host: string, port: number): Promise<NatsGreeting | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let text = '';
    const end = (greeting: NatsGreeting | null): void => {
      socket.destroy();
      resolve(greeting);
    };
    socket.setTimeout(limits.portProbeMsMax, () => end(null));
    socket.once('error', () => end(null));
    socket.once('close', () => end(null));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n')) end(parseGreeting(text));
      else if (text.length > limits.natsGreetingCharsMax) end(null);
    });
  });
}

function parseGreeting(text: string): NatsGreeting | null {
  if (!text.startsWith('INFO ')) return null;
  try {
    return JSON.parse(text.slice(5, text.indexOf('\r\n'))) as NatsGreeting;
  } catch {
    return null;
  }
}
