import { endToEndFields } from '../pipeline/forward/hop-by-hop.ts';
import type { Call } from '../../../shared/model/call.ts';
import { USUAL_SETTINGS, type Draft, type DraftBody } from '../../../shared/model/replay.ts';
import { urlOf } from '../../../shared/query/evaluate.ts';
import { escapeVariables } from '../../../shared/replay/variables.ts';
import { marksIn, type Remembered } from './put-back.ts';

/** A body as the store gives it. */
export interface KeptBody {
  bytes: Uint8Array;
  contentType: string | null;
  /** Content codings still on; null when there are none, or they were undone to take secrets out. */
  contentEncoding: string | null;
  truncated: 'limit' | 'shed' | 'cut' | null;
  redacted: boolean;
}

export type MadeDraft =
  | { draft: Draft; marks: { place: string; mark: string; known: boolean }[]; says: string[] }
  | { problem: 'cannot-do'; why: string; remedy: string };

/** Text up to this is given to be edited; larger ones are sent as they are. */
const MOST_TEXT = 2 * 1024 * 1024;

/**
 * The request of a recorded call as a draft. Sent unchanged it is byte for byte the recorded one, but for what belongs to
 * a hop, a fresh Idempotency-Key, and what `says` tells.
 */
export function draftOf(call: Call, body: KeptBody | null, secrets: Remembered, id: string): MadeDraft {
  if (call.kind === 'tunnel')
    return cannot(
      'The bytes of this call were passed on unread.',
      'Take its host off the pass-through list, record it again, and send that.',
    );
  if (call.kind === 'websocket')
    return cannot(
      'This call became a WebSocket.',
      'Its messages can be copied; sending conversations again is not possible yet.',
    );
  if (call.path === '*' || call.method === 'CONNECT')
    return cannot(`${call.method} asks a server, not a thing on it.`, 'Send it with curl --request-target.');
  const says: string[] = [];
  let headers = readHeaders(call);
  const wire = call.requestBody.wireBytes;
  let made: DraftBody = { kind: 'none' };
  if (wire > 0 || (body !== null && body.bytes.length > 0)) {
    made = { kind: 'recorded', call: call.id };
    if (body === null) says.push(`The body (${wire} bytes) was not kept. Write one, or choose a file.`);
    else if (body.truncated !== null)
      says.push(`Only ${body.bytes.length} of ${wire} bytes of the body were kept. Write one, or choose a file.`);
    else {
      const coding = codingOf(headers);
      if (coding !== null && body.contentEncoding === null) {
        headers = headers.filter(({ name }) => name.toLowerCase() !== 'content-encoding');
        says.push(`The body was sent as ${coding}; it holds redacted values and is sent without.`);
      }
      const text = body.contentEncoding === null ? readText(body.bytes) : null;
      if (text !== null) made = { kind: 'text', text: escapeVariables(text) };
    }
  }
  const draft: Draft = {
    id,
    name: null,
    origin: call.id,
    method: call.method,
    url: escapeVariables(urlOf(call)),
    headers,
    body: made,
    auth: { kind: 'recorded' },
    settings: { ...USUAL_SETTINGS, protocol: call.clientProtocol === 'h2' ? 'h2' : 'http/1.1' },
  };
  const marks = [
    ...marksIn(draft.url).map((mark) => ({ place: 'url', mark })),
    ...headers.flatMap(({ name, value }) => marksIn(value).map((mark) => ({ place: `header:${name}`, mark }))),
    ...(body ? marksIn(latin1(body.bytes)) : []).map((mark) => ({ place: 'body', mark })),
  ];
  return { draft, marks: marks.map((one) => ({ ...one, known: secrets.has(one.mark) })), says };
}

/** The lines that are the request's own; of HTTP/2 the host is the address. */
function readHeaders(call: Call): Draft['headers'] {
  const h2 = call.clientProtocol === 'h2';
  const connection = call.requestHeaders
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) =>
      value
        .toLowerCase()
        .split(',')
        .map((token) => token.trim()),
    );
  const fields = endToEndFields(call.requestHeaders.flat(), connection);
  const headers: Draft['headers'] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    const lower = name.toLowerCase();
    // Asks for a word before the body is sent, which is not waited for here.
    if (lower === 'expect' || (h2 && lower === 'host')) continue;
    headers.push({ name, value: escapeVariables(fields[i + 1]!), off: false });
  }
  return headers;
}

function codingOf(headers: Draft['headers']): string | null {
  const value = headers.find(({ name }) => name.toLowerCase() === 'content-encoding')?.value ?? '';
  return value === '' || value.toLowerCase() === 'identity' ? null : value;
}

/** Bytes as text that becomes the same bytes again; null when they are none. */
function readText(bytes: Uint8Array): string | null {
  if (bytes.length > MOST_TEXT) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    // Other control characters do not survive an editor. Neither do mixed line ends.
    // oxlint-disable-next-line no-control-regex
    return /[\0-\x08\x0b\x0c\x0e-\x1f\r\u2028\u2029\ufeff]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function cannot(why: string, remedy: string): MadeDraft {
  return { problem: 'cannot-do', why, remedy };
}
