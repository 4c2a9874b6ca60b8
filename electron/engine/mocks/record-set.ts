import { stringify } from 'yaml';
import type { Call, Message } from '../../../shared/model/call.ts';
import { MOCK_TAG } from '../../../shared/model/caller.ts';
import { recordMocks, type RecordedBody, type RecordedCall } from '../../../shared/mocks/record-mocks.ts';
import { plainOf } from '../store/content-coding.ts';

/** What recording asks of the store. */
export interface RecordingReader {
  getCall(id: number): Promise<Call | null>;
  getBody(
    id: number,
    side: 'request' | 'response',
  ): Promise<{
    bytes: Uint8Array;
    contentType: string | null;
    contentEncoding: string | null;
    truncated: string | null;
  } | null>;
  listMessages(question: { call: number; limit: number }): Promise<Message[]>;
}

/** A body that is longer decoded is left out of a file that people read. */
const LONGEST_BODY = 1024 * 1024;
/** The whole file: what is read of one, `registers` says. */
const LARGEST_TEXT = 3_500_000;

/** The text of a set made of recorded calls, and what is not in it as it was, in sentences. Oldest call first. */
export async function recordSet(
  reader: RecordingReader,
  ids: readonly number[],
): Promise<{ text: string; mocks: number; calls: number; says: string[] }> {
  const says: string[] = [];
  const recorded: RecordedCall[] = [];
  for (const id of ids) {
    const call = await reader.getCall(id);
    if (call === null) continue;
    if (call.tags[MOCK_TAG] !== undefined) says.push(`Call ${id} was answered by a mock itself and is left out.`);
    else if (call.kind !== 'http') says.push(`Call ${id} is no exchange of one answer (${call.kind}) and is left out.`);
    else if (call.status === null || call.status < 200)
      says.push(`Call ${id} got no answer${call.failure === null ? '' : ` (${call.failure.kind})`} and is left out.`);
    else recorded.push(await recordedOf(reader, call, says));
  }
  const mocks = recordMocks(recorded);
  const text = `# Recorded by Sallyport; docs/mocks.md has every key. Values like ***1a2b(9f3c2d10) were secrets.\n${stringify({ mocks }, { lineWidth: 0, aliasDuplicateObjects: false })}`;
  if (text.length > LARGEST_TEXT)
    says.push(
      'Together they are more than a file of mocks may have. Choose fewer calls, or those with shorter answers.',
    );
  return { text, mocks: mocks.length, calls: recorded.length, says };
}

async function recordedOf(reader: RecordingReader, call: Call, says: string[]): Promise<RecordedCall> {
  const { id, method, host, port, scheme, path, query, status, responseHeaders, timeToFirstByteUs } = call;
  return {
    method,
    host,
    port,
    scheme,
    path,
    query,
    status: status ?? 200,
    headers: responseHeaders,
    timeToFirstByteUs,
    asked: await textOf(reader, id, 'request'),
    answered: await answerOf(reader, call, says),
  };
}

async function answerOf(reader: RecordingReader, { id, responseBody }: Call, says: string[]): Promise<RecordedBody> {
  if (responseBody.wireBytes === 0) return { kind: 'none' };
  const kept = await reader.getBody(id, 'response');
  if (kept === null) {
    says.push(`The answer of call ${id} was not kept: its mock has no body.`);
    return { kind: 'none' };
  }
  if (kept.truncated !== null)
    says.push(`The answer of call ${id} was kept in part only, and its mock ends where that ends.`);
  const bytes = plainOf(Buffer.from(kept.bytes), kept.contentEncoding, LONGEST_BODY);
  if (bytes === null || bytes.length > LONGEST_BODY) {
    says.push(
      `The answer of call ${id} is too long or cannot be decoded: its mock has no body. Put it into a file and name that.`,
    );
    return { kind: 'none' };
  }
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) return { kind: 'base64', base64: bytes.toString('base64') };
  if (!/^text\/event-stream/i.test(kept.contentType ?? '')) return { kind: 'text', text };
  return { kind: 'stream', pieces: eventsOf(text, await reader.listMessages({ call: id, limit: 10_000 })) };
}

/** Events with the time between them, where as many were seen as there are; else as they stand. */
function eventsOf(text: string, seen: readonly Message[]): { afterMs: number; text: string }[] {
  const events = text.split(/(?<=\n\n|\r\n\r\n)/);
  const times = seen.filter(({ type }) => type === 'event').map(({ at }) => at);
  return events.map((event, index) => {
    const [before, at] = [times[index - 1], times[index]];
    const afterMs =
      before === undefined || at === undefined ? 0 : Math.min(3_600_000, Math.max(0, Math.round((at - before) / 1000)));
    return { afterMs, text: event };
  });
}

async function textOf(reader: RecordingReader, id: number, side: 'request'): Promise<string | null> {
  const kept = await reader.getBody(id, side);
  if (kept === null) return null;
  return plainOf(Buffer.from(kept.bytes), kept.contentEncoding, LONGEST_BODY)?.toString('utf8') ?? null;
}
