import type { Usage } from '../model/usage.ts';
import type { ExchangeHead } from './exchange.ts';

/** What is known of a call that is over. */
export interface ReadingEnd {
  /** The answer ended early. */
  cut: boolean;
  /** Pieces of bodies were let go under overload, or could not be read: what was not seen may have been anything. */
  missed: boolean;
  /** Bytes of bodies on the wire. */
  requestBytes: number;
  responseBytes: number;
  /** Tokens of a text; slow to begin with, so it is only asked where nothing else says how many there were. */
  countTokens(text: string): number;
}

/**
 * Reads what a call used while its bodies go by. Bytes are Latin-1 text (one char a byte), content coding undone, cut
 * anywhere; nothing is held but what is needed, however long a body is. Never throws.
 */
export interface UsageReading {
  request(piece: string): void;
  /** The answer's head is there; pieces of the answer follow. */
  answered(head: ExchangeHead): void;
  /** The answer's pieces as they are: JSON, server-sent events, AWS event streams, NDJSON alike. */
  response(piece: string): void;
  /** One WebSocket message, whole; one char a byte. */
  message(direction: 'sent' | 'received', text: string): void;
  /** The call is over. Null: nothing was used that anybody charges for. */
  end(end: ReadingEnd): Usage | null;
}

/** One dialect of saying what was used. */
export interface UsageReader {
  /** `openai-chat`, `anthropic-messages` … */
  name: string;
  /** Whether calls of this head are its business; asked when the request's head is there (`status` null). */
  reads(head: ExchangeHead): boolean;
  start(head: ExchangeHead): UsageReading;
}
