import type { z } from 'zod';
import { mockFileSchema } from './file-schema.ts';
import type { MockFile } from './file-schema.ts';
import type { Fault, FaultDo, Latency, Mock, MockAnswer, MockBody, MockSet, Strikes } from './mock-set.ts';

/** What a file says, or what is wrong with it: what the schema finds, and ids that stand twice, by the keys that lead there. */
export type ReadMocks =
  | { set: MockSet }
  | { issues: readonly z.core.$ZodIssue[] }
  | { twice: { path: readonly (string | number)[]; id: string }[] };

/** Reads a mock file given as plain data. Never throws. */
export function readMocks(plain: unknown): ReadMocks {
  const read = mockFileSchema.safeParse(plain);
  if (!read.success) return { issues: read.error.issues };
  const { name, unmatched, mocks } = read.data;
  const seen = new Set<string>();
  const twice = mocks.flatMap(({ id }, index) => {
    if (seen.has(id)) return [{ path: ['mocks', index, 'id'], id }];
    seen.add(id);
    return [];
  });
  if (twice.length > 0) return { twice };
  return { set: { name: name ?? null, unmatched: unmatched ?? null, mocks: mocks.map(mockOf) } };
}

type Written = MockFile['mocks'][number];
type WrittenAnswer = NonNullable<Written['answer']>;
type WrittenFault = NonNullable<Written['faults']>[number];

function mockOf({ id, match, answer, answers, repeat, latency, faults }: Written): Mock {
  const written = answers ?? [answer ?? { status: 200 }];
  const { method } = match;
  return {
    id,
    match: {
      methods: method === undefined ? null : [method].flat().map((one) => one.toUpperCase()),
      host: match.host?.toLowerCase() ?? null,
      path: match.path ?? null,
      query: match.query ?? {},
      headers: Object.fromEntries(
        Object.entries(match.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      body: match.body,
    },
    answers: written.map(answerOf),
    repeat,
    latency: latencyOf(latency),
    faults: (faults ?? []).map(faultOf),
  };
}

function answerOf(written: WrittenAnswer): MockAnswer {
  const headers = Object.entries(written.headers ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value] as const),
  );
  return { status: written.status, headers, body: bodyOf(written), tookMs: written.tookMs ?? null };
}

function bodyOf(written: Omit<WrittenAnswer, 'status'>): MockBody {
  const { json, body, base64, file, stream } = written;
  if (json !== undefined) return { kind: 'json', json };
  if (body !== undefined) return { kind: 'text', text: body };
  if (base64 !== undefined) return { kind: 'base64', base64: base64.replaceAll(/\s/g, '') };
  if (file !== undefined) return { kind: 'file', path: file };
  if (stream === undefined) return { kind: 'none' };
  return {
    kind: 'stream',
    pieces: stream.map(({ text, event, data, afterMs }) => ({ afterMs, text: text ?? eventText(event, data) })),
  };
}

/** A server-sent event as it is written on the wire (HTML, 9.2.6). */
function eventText(event: string | undefined, data: unknown): string {
  const said = typeof data === 'string' ? data : data === undefined ? '' : JSON.stringify(data);
  const lines = said.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${event === undefined ? '' : `event: ${event}\n`}${lines.join('')}\n`;
}

function latencyOf(written: Written['latency']): Latency {
  if (written === 'recorded') return { kind: 'recorded' };
  if (typeof written === 'number') return { kind: 'fixed', ms: written };
  if (written === undefined) return { kind: 'fixed', ms: 0 };
  const [from = 0, to = 0] = written.split('-').map((part) => Math.min(3_600_000, Number(part)));
  return { kind: 'range', from: Math.min(from, to), to: Math.max(from, to) };
}

function faultOf(written: WrittenFault): Fault {
  return { strikes: strikesOf(written), does: doesOf(written) };
}

function strikesOf({ probability, every, first }: WrittenFault): Strikes {
  if (probability !== undefined) return { kind: 'chance', probability };
  if (every !== undefined) return { kind: 'every', nth: every };
  if (first !== undefined) return { kind: 'first', times: first };
  return { kind: 'always' };
}

function doesOf(written: WrittenFault): FaultDo {
  switch (written.kind) {
    case 'delay':
      return { kind: 'delay', ms: written.ms };
    case 'reset':
      return { kind: 'reset', afterBytes: written.afterBytes ?? null };
    case 'truncate':
      return { kind: 'truncate', afterBytes: written.afterBytes };
    case 'status': {
      const { status, json, body } = written;
      return { kind: 'status', status, body: bodyOf({ json, body }) };
    }
    case 'slow-body':
      return { kind: 'slow-body', bytesPerSecond: written.bytesPerSecond };
    case 'malformed-json':
      return { kind: 'malformed-json' };
    case 'rate-limit':
      return { kind: 'rate-limit', dialect: written.dialect ?? null, retryAfterSeconds: written.retryAfter };
  }
}
