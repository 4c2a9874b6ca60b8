import { templatePath } from '../endpoints/template.ts';
import type { WrittenAnswer, WrittenMock } from './file-schema.ts';

/** A recorded call as far as a mock is made of it. Times are microseconds. */
export interface RecordedCall {
  method: string;
  host: string;
  port: number;
  scheme: string;
  path: string;
  /** With its question mark, or empty. */
  query: string;
  status: number;
  headers: readonly (readonly [name: string, value: string])[];
  timeToFirstByteUs: number | null;
  /** Of the request, decoded; null when it was not kept. */
  asked: string | null;
  /** Of the answer, decoded. */
  answered: RecordedBody;
}

export type RecordedBody =
  | { kind: 'none' }
  | { kind: 'text'; text: string }
  | { kind: 'base64'; base64: string }
  /** A stream of events, cut where they were; `afterMs` after the one before. */
  | { kind: 'stream'; pieces: { afterMs: number; text: string }[] };

/** What a redacted value looks like (shared/redaction/mask). */
const MARK = /\*\*\*[^/&\s]*\([0-9a-f]{6,}\)|\*\*\*/;
/** Lines that are of one answer, not of such answers, or that frame a body as it no longer is. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'age',
  'alt-svc',
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'keep-alive',
  'nel',
  'report-to',
  'server-timing',
  'strict-transport-security',
  'transfer-encoding',
  'trailer',
]);

/**
 * Mocks as they are written into a file: one for each method, host, path and query, with what was answered one after the
 * other. Ids in paths are taken out where only one was seen; where several were, each is a mock of its own, and the last
 * one answers for all that are not among them. Oldest call first.
 */
export function recordMocks(calls: readonly RecordedCall[]): WrittenMock[] {
  const groups = new Map<string, { template: string; paths: Map<string, RecordedCall[]>; first: RecordedCall }>();
  for (const call of calls) {
    const template = templatePath(call.path);
    const key = [call.method, hostOf(call), template, call.query, operationOf(call.asked) ?? ''].join('\n');
    const group = groups.get(key) ?? { template, paths: new Map<string, RecordedCall[]>(), first: call };
    groups.set(key, group);
    group.paths.set(call.path, [...(group.paths.get(call.path) ?? []), call]);
  }
  const ids = new Set<string>();
  const mocks: WrittenMock[] = [];
  for (const { template, paths, first } of groups.values()) {
    const add = (path: string, answered: readonly RecordedCall[]): void => {
      const id = idFor(first.method, path, ids);
      const answers = answered.map(answerOf);
      mocks.push({
        id,
        match: matchOf(first, path),
        latency: 'recorded',
        ...(answers.length === 1 ? { answer: answers[0]! } : { answers }),
      });
    };
    const all = [...paths];
    if (all.length > 1) for (const [path, answered] of all) if (!MARK.test(path)) add(literal(path), answered);
    const [, last] = all.at(-1)!;
    add(template, all.length > 1 ? last.slice(-1) : last);
  }
  return mocks;
}

/** A star in a recorded path is a star that was sent; as a pattern it still fits. */
const literal = (path: string): string => path.replaceAll(/[{}]/g, '*');

function hostOf({ host, port, scheme }: RecordedCall): string {
  const usual = scheme === 'http' || scheme === 'ws' ? 80 : 443;
  const name = host.includes(':') ? `[${host}]` : host;
  return port === usual ? name : `${name}:${port}`;
}

function matchOf(call: RecordedCall, path: string): NonNullable<WrittenMock['match']> {
  const query = queryOf(call.query);
  const operation = operationOf(call.asked);
  return {
    method: call.method,
    host: hostOf(call),
    path: MARK.test(path)
      ? path
          .split('/')
          .map((part) => (MARK.test(part) ? '*' : part))
          .join('/')
      : path,
    ...(Object.keys(query).length > 0 && { query }),
    ...(operation !== null && { body: JSON.parse(operation) as Record<string, string> }),
  };
}

function queryOf(query: string): Record<string, string> {
  const said: Record<string, string> = {};
  for (const pair of query.replace(/^\?/, '').split('&')) {
    const mark = pair.indexOf('=');
    if (mark < 1 || MARK.test(pair)) continue;
    try {
      said[decodeURIComponent(pair.slice(0, mark).replaceAll('+', ' '))] = decodeURIComponent(
        pair.slice(mark + 1).replaceAll('+', ' '),
      );
    } catch {
      // A name or value that cannot be read cannot be asked for, either.
    }
  }
  return said;
}

/** What GraphQL and JSON-RPC say of the operation in the body, as JSON of a match. */
function operationOf(asked: string | null): string | null {
  if (asked === null || !asked.trimStart().startsWith('{')) return null;
  try {
    const said = JSON.parse(asked) as Record<string, unknown>;
    if (typeof said['operationName'] === 'string') return JSON.stringify({ operationName: said['operationName'] });
    return said['jsonrpc'] !== undefined && typeof said['method'] === 'string'
      ? JSON.stringify({ method: said['method'] })
      : null;
  } catch {
    return null;
  }
}

function idFor(method: string, path: string, taken: Set<string>): string {
  const words = path
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  const plain = `${method.toLowerCase()}-${words}`.replace(/-$/, '');
  let id = plain;
  for (let count = 2; taken.has(id); count += 1) id = `${plain}-${count}`;
  taken.add(id);
  return id;
}

function answerOf({ status, headers, timeToFirstByteUs, answered }: RecordedCall): WrittenAnswer {
  const lines: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    if (LEFT_OUT.has(name.toLowerCase()) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) continue;
    const before = lines[name];
    lines[name] = before === undefined ? value : [before, value].flat();
  }
  return {
    status,
    ...(Object.keys(lines).length > 0 && { headers: lines }),
    ...bodyOf(answered),
    ...(timeToFirstByteUs !== null && { tookMs: Math.min(3_600_000, Math.round(timeToFirstByteUs / 1000)) }),
  };
}

function bodyOf(body: RecordedBody): Partial<WrittenAnswer> {
  switch (body.kind) {
    case 'none':
      return {};
    case 'base64':
      return { base64: body.base64 };
    case 'stream':
      return { stream: body.pieces };
    case 'text': {
      const json = exactJson(body.text);
      return json === undefined ? { body: body.text } : { json: json.value as NonNullable<WrittenAnswer['json']> };
    }
  }
}

/** The value, where writing it again says the same: large numbers and doubled keys would be lost. */
function exactJson(text: string): { value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === withoutSpace(text) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** JSON without what stands between its tokens. */
function withoutSpace(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_whole, quoted: string | undefined) => quoted ?? '');
}
