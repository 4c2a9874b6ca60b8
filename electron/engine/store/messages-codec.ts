import type { Message } from '../../../shared/model/call.ts';
import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** A message before it is packed: its data as bytes (one char a byte), redacted. */
export interface SeenMessage {
  at: number;
  direction: Message['direction'];
  type: Message['type'];
  size: number;
  data: string | null;
  name: string | null;
}

/** Codes on disk: append only. */
const TYPES: readonly Message['type'][] = ['text', 'binary', 'ping', 'pong', 'close', 'event'];

export function writeMessage(out: ByteWriter, message: SeenMessage): void {
  out.reserve(60 + (message.data?.length ?? 0) + 3 * (message.name?.length ?? 0));
  out.byte(
    (TYPES.indexOf(message.type) << 2) | (message.data === null ? 2 : 0) | (message.direction === 'received' ? 1 : 0),
  );
  out.number(Math.round(message.at));
  out.number(message.size);
  out.text(message.name);
  if (message.data !== null) out.latin1(message.data);
}

/** The messages of one stored row, from number `first` on; a damaged row gives what could be read. */
export function readMessages(bytes: Buffer, from = 0): Message[] {
  const reader = new ByteReader(bytes);
  const messages: Message[] = [];
  for (let index = 0; reader.at < reader.end; index += 1) {
    const code = reader.byte();
    const type = TYPES[code >> 2] ?? 'binary';
    const at = reader.number();
    const size = reader.number();
    const name = reader.text();
    const data = (code & 2) === 0 ? reader.data() : null;
    if (index < from) continue;
    messages.push({
      at,
      direction: (code & 1) === 1 ? 'received' : 'sent',
      type,
      size,
      data:
        data === null
          ? null
          : data.toString(type === 'binary' || type === 'ping' || type === 'pong' ? 'base64' : 'utf8'),
      name,
    });
  }
  return messages;
}

/** Only the data of the messages of one stored row; null where it was not kept. */
export function* messageData(bytes: Buffer): Generator<Buffer | null> {
  for (const reader = new ByteReader(bytes); reader.at < reader.end;) {
    const code = reader.byte();
    reader.number();
    reader.number();
    reader.text();
    yield (code & 2) === 0 ? reader.data() : null;
  }
}
