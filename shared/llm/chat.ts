/** One conversation with a language model, whatever dialect it was spoken in: what was asked and what came. */
export const DIALECTS = ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const;
export type Dialect = (typeof DIALECTS)[number];

export type Role = 'system' | 'user' | 'assistant' | 'tool';

export type Part =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  | { type: 'refusal'; text: string }
  /** `data`: base64; `url` where it lies elsewhere. */
  | { type: 'image'; mediaType: string | null; data: string | null; url: string | null }
  | { type: 'file'; name: string }
  /** `arguments`: JSON text as sent; may be cut while it streams. */
  | { type: 'tool-call'; id: string; name: string; arguments: string }
  | { type: 'tool-result'; id: string; text: string; failed: boolean }
  /** Something this version does not know, as JSON. */
  | { type: 'other'; name: string; json: string };

export interface Turn {
  role: Role;
  parts: Part[];
}

export interface Usage {
  input: number | null;
  output: number | null;
  /** Of the input, read from the vendor's cache. */
  cached: number | null;
  /** Of the output, spent on thinking. */
  thinking: number | null;
}

/** What was asked. */
export interface ChatRequest {
  model: string | null;
  turns: Turn[];
  tools: { name: string; description: string }[];
  /** Temperature, limits … in the vendor's words. */
  settings: { name: string; value: string }[];
}

/** What came. Several choices (n > 1, candidates) are several turns. */
export interface ChatAnswer {
  model: string | null;
  turns: Turn[];
  usage: Usage | null;
  /** Why it ended, in the vendor's word; null while it has not. */
  stop: string | null;
  /** What went wrong, in the vendor's words. */
  error: string | null;
}

/** One event of a streamed answer. */
export interface StreamEvent {
  name: string | null;
  data: string;
  /** Microseconds since the call began; null when it is not known. */
  at: number | null;
}

/** Puts a streamed answer together. Never throws; what it does not know it leaves out. */
export interface StreamReader {
  /** Gives whether the event brought content: text, thinking, a call of a tool. */
  push(event: unknown, name: string | null): boolean;
  answer(): ChatAnswer;
}

export interface DialectReader {
  request(body: unknown): ChatRequest;
  answer(body: unknown): ChatAnswer;
  stream(): StreamReader;
}
