/**
 * Subject and reply of a message as the bytes they came in. nats.js decodes each to a string, which costs more than
 * reading a whole price; its bytes are not public, so they are looked for and replaced where they are missing.
 */
import type { Msg } from 'nats';

interface RawMessage {
  readonly _msg?: { readonly subject?: unknown; readonly reply?: unknown };
}

const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

export function subjectBytes(message: Msg): Uint8Array {
  const bytes = (message as RawMessage)._msg?.subject;
  return bytes instanceof Uint8Array ? bytes : encoder.encode(message.subject);
}

/** Empty where the message has no reply subject. */
export function replyBytes(message: Msg): Uint8Array {
  const raw = (message as RawMessage)._msg;
  if (raw === undefined) return encoder.encode(message.reply ?? '');
  return raw.reply instanceof Uint8Array ? raw.reply : nothing;
}
