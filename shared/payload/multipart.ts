import { parameterOf } from './recognise.ts';

export interface MultipartPart {
  headers: (readonly [name: string, value: string])[];
  /** Form field and file name, as Content-Disposition says; null when it does not. */
  name: string | null;
  fileName: string | null;
  contentType: string | null;
  /** Where its content lies in the body. */
  start: number;
  end: number;
  /** False for a last part without its closing boundary: it was cut. */
  whole: boolean;
}

/** The parts of a multipart body; empty when the boundary is nowhere in it. */
export function readMultipart(bytes: Uint8Array, contentType: string | null): MultipartPart[] {
  const boundary = parameterOf(contentType, 'boundary') ?? guessBoundary(bytes);
  if (boundary === null || boundary === '') return [];
  const mark = latin1Bytes(`--${boundary}`);
  const parts: MultipartPart[] = [];
  let at = indexOfBytes(bytes, mark, 0);
  while (at >= 0) {
    let head = at + mark.length;
    if (bytes[head] === 45 && bytes[head + 1] === 45) break; // the closing boundary
    while (bytes[head] === 32 || bytes[head] === 9) head++;
    if (bytes[head] === 13) head++;
    if (bytes[head] === 10) head++;
    const next = indexOfBytes(bytes, mark, head);
    const { headers, content } = readHead(bytes, head, next < 0 ? bytes.length : next);
    let end = next < 0 ? bytes.length : next;
    if (next >= 0 && end > content && bytes[end - 1] === 10) end--;
    if (next >= 0 && end > content && bytes[end - 1] === 13) end--;
    const disposition = valueOf(headers, 'content-disposition');
    parts.push({
      headers,
      name: parameterOf(disposition, 'name'),
      fileName: parameterOf(disposition, 'filename'),
      contentType: valueOf(headers, 'content-type'),
      start: content,
      end: Math.max(content, end),
      whole: next >= 0,
    });
    at = next;
  }
  return parts;
}

function readHead(bytes: Uint8Array, from: number, limit: number): { headers: [string, string][]; content: number } {
  const headers: [string, string][] = [];
  let at = from;
  while (at < limit) {
    let end = bytes.indexOf(10, at);
    if (end < 0 || end > limit) end = limit;
    const line = latin1(bytes, at, bytes[end - 1] === 13 ? end - 1 : end);
    at = end + 1;
    if (line === '') break;
    const colon = line.indexOf(':');
    headers.push(colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  return { headers, content: Math.min(at, limit) };
}

/** A body whose header was lost still begins with its boundary. */
function guessBoundary(bytes: Uint8Array): string | null {
  const end = bytes.indexOf(10);
  if (end < 3 || end > 80) return null;
  const line = latin1(bytes, 0, end).trim();
  return line.startsWith('--') ? line.slice(2) : null;
}

function valueOf(headers: readonly (readonly [string, string])[], wanted: string): string | null {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
}

function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let same = 1;
    while (same < wanted.length && bytes[at + same] === wanted[same]) same++;
    if (same === wanted.length) return at;
  }
  return -1;
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
