import type { ChatAnswer, Part, Usage } from './chat.ts';

/** Reading JSON of strangers: each gives something of its type, whatever stands there. */

export type Loose = Readonly<Record<string, unknown>>;
const EMPTY: Loose = {};

export function record(value: unknown): Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : EMPTY;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Text as it is; anything else as JSON. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

export function other(name: string, value: unknown): Part {
  return { type: 'other', name, json: JSON.stringify(value) ?? '' };
}

/** `data:image/png;base64,…` taken apart; another address stays one. */
export function imagePart(address: string): Part {
  const found = /^data:([\w.+/-]*);base64,([\s\S]*)$/.exec(address);
  return found
    ? { type: 'image', mediaType: found[1] || null, data: found[2] ?? '', url: null }
    : { type: 'image', mediaType: null, data: null, url: address };
}

export function emptyAnswer(): ChatAnswer {
  return { model: null, turns: [], usage: null, stop: null, error: null };
}

/** The settings of a request: plain values under these names. */
export function settingsOf(body: Loose, names: readonly string[]): { name: string; value: string }[] {
  return names.flatMap((name) =>
    body[name] === undefined || body[name] === null ? [] : [{ name, value: asText(body[name]) }],
  );
}

/** `{ error: { message, type } }` and its relatives; null when there is none. */
export function errorOf(body: Loose): string | null {
  const { error } = body;
  if (error === undefined || error === null) return null;
  if (typeof error === 'string') return error;
  const said = record(error);
  return string(said['message']) || string(said['type']) || asText(error);
}

export function usageOf(input: unknown, output: unknown, cached: unknown, thinking: unknown): Usage {
  return {
    input: numberOrNull(input),
    output: numberOrNull(output),
    cached: numberOrNull(cached),
    thinking: numberOrNull(thinking),
  };
}
