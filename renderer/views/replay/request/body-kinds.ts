import type { Draft, DraftBody } from '../../../../shared/model/replay.ts';
import { parseJson } from '../../../../shared/diff/json-diff.ts';
import type { Language } from '../../../inspect/body/protocol.ts';

export type BodyKind = DraftBody['kind'];

/** What a body can be turned into, in the order they are offered. */
export const BODY_KINDS: readonly BodyKind[] = [
  'none',
  'text',
  'form',
  'multipart',
  'graphql',
  'file',
  'protobuf',
  'base64',
  'recorded',
];

/** What goes with a body of a kind when the draft says no Content-Type itself. */
const TYPES: Partial<Record<BodyKind, string>> = {
  form: 'application/x-www-form-urlencoded',
  graphql: 'application/json',
};

export function contentTypeOf({ headers }: Pick<Draft, 'headers'>): string | null {
  return headers.find(({ name, off }) => !off && name.toLowerCase() === 'content-type')?.value ?? null;
}

/** How a text body is coloured. */
export function languageOfBody(draft: Draft, text: string): Language {
  const type = contentTypeOf(draft)?.toLowerCase() ?? '';
  if (type.includes('json')) return 'json';
  if (type.includes('xml')) return 'xml';
  if (type.includes('html')) return 'html';
  if (type !== '') return 'plain';
  return /^\s*[[{]/.test(text) ? 'json' : 'plain';
}

/** The same body as another kind, with as much of it as can be carried over. */
export function turnBody(body: DraftBody, kind: BodyKind, origin: number | null): DraftBody {
  if (body.kind === kind) return body;
  const text = textOf(body);
  switch (kind) {
    case 'none':
      return { kind };
    case 'recorded':
      return origin === null ? body : { kind, call: origin };
    case 'text':
      return { kind, text };
    case 'base64':
      return { kind, base64: text === '' ? '' : toBase64(text) };
    case 'form':
      return {
        kind,
        fields: [...new URLSearchParams(text.includes('=') ? text : '')].map(([name, value]) => ({
          name,
          value,
          off: false,
        })),
      };
    case 'multipart':
      return {
        kind,
        boundary: null,
        parts:
          body.kind === 'form'
            ? body.fields.map(({ name, value }) => ({ name, value, file: null, fileName: null, contentType: null }))
            : [],
      };
    case 'graphql':
      return { kind, ...readGraphql(text) };
    case 'file':
      return { kind, path: '' };
    case 'protobuf':
      return { kind, schema: '', type: '', json: text === '' ? '{}' : text, framed: false };
  }
}

/** The draft with another kind of body; a Content-Type that belonged to the kind before goes with it. */
export function turnDraft(draft: Draft, kind: BodyKind): Draft {
  const body = turnBody(draft.body, kind, draft.origin);
  const before = TYPES[draft.body.kind];
  const wanted = TYPES[kind];
  const has = contentTypeOf(draft);
  let { headers } = draft;
  if (has !== null && (has === before || kind === 'multipart'))
    headers = headers.filter(({ name }) => name.toLowerCase() !== 'content-type');
  if (wanted !== undefined && !headers.some(({ name, off }) => !off && name.toLowerCase() === 'content-type'))
    headers = [...headers, { name: 'Content-Type', value: wanted, off: false }];
  return { ...draft, body, headers };
}

function textOf(body: DraftBody): string {
  switch (body.kind) {
    case 'text':
      return body.text;
    case 'form':
      return body.fields
        .filter(({ off }) => !off)
        .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
        .join('&');
    case 'graphql': {
      const { query, variables, operationName } = body;
      const parsed = parseJson(variables === '' ? '{}' : variables);
      return JSON.stringify(
        { query, variables: parsed ?? variables, ...(operationName !== null && { operationName }) },
        big,
        2,
      );
    }
    case 'protobuf':
      return body.json;
    case 'base64':
      return fromBase64(body.base64) ?? '';
    default:
      return '';
  }
}

/** Integers beyond 2^53 are written as text rather than wrongly. */
function big(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function readGraphql(text: string): { query: string; variables: string; operationName: string | null } {
  const json = parseJson(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { query: text, variables: '', operationName: null };
  const { query, variables, operationName } = json;
  return {
    query: typeof query === 'string' ? query : '',
    variables: variables === undefined || variables === null ? '' : JSON.stringify(variables, big, 2),
    operationName: typeof operationName === 'string' ? operationName : null,
  };
}

function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let chars = '';
  for (const byte of bytes) chars += String.fromCharCode(byte);
  return btoa(chars);
}

function fromBase64(text: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
