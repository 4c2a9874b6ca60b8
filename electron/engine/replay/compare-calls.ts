import { decodeBody } from '../../content/decode-body.ts';
import { failureSentence } from '../../../shared/format/failures.ts';
import type { Call } from '../../../shared/model/call.ts';
import { USUAL_IGNORES, type Answered, type Comparison, type IgnoreRules } from '../../../shared/model/replay.ts';
import { JsonPathFault } from '../../../shared/replay/json-path.ts';
import { compareAnswers } from '../../../shared/replay/compare.ts';
import type { KeptBody } from './from-call.ts';

/** What is read of two recorded calls. */
export interface Records {
  getCall(id: number): Promise<Call | null>;
  getBody(id: number, side: 'request' | 'response'): Promise<KeptBody | null>;
}

/** More of a body is not undone to be compared. */
const MOST_DECODED = 16 * 1024 * 1024;

/** The answer of a recorded call, with its body's content codings undone. */
export async function answerOf(records: Records, call: Call): Promise<Answered> {
  const kept = call.responseBody.captured === null ? null : await records.getBody(call.id, 'response');
  const decoded = kept === null ? null : await decodeBody(kept.bytes, kept.contentEncoding, MOST_DECODED);
  return {
    status: call.status,
    failure: call.failure === null ? null : failureSentence(call.failure),
    headers: call.responseHeaders,
    contentType: call.responseHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null,
    // Nothing was sent: an empty body is compared as one.
    body: call.responseBody.wireBytes === 0 ? new Uint8Array(0) : (decoded?.bytes ?? null),
    truncated: kept?.truncated != null,
    timeToFirstByteUs: call.timeToFirstByteUs,
    durationUs: call.durationUs,
  };
}

/** The contract's question: the answers of two recorded calls. */
export async function compareCalls(
  records: Records,
  {
    before,
    after,
    ignore = {},
  }: {
    before: number;
    after: number;
    ignore?: { [Name in keyof IgnoreRules]?: IgnoreRules[Name] | undefined } | undefined;
  },
): Promise<
  Comparison | { problem: 'call-not-found'; id: number } | { problem: 'cannot-do'; why: string; remedy: string }
> {
  const [was, is] = await Promise.all([records.getCall(before), records.getCall(after)]);
  if (was === null) return { problem: 'call-not-found', id: before };
  if (is === null) return { problem: 'call-not-found', id: after };
  const [left, right] = await Promise.all([answerOf(records, was), answerOf(records, is)]);
  const { headers, paths, timestamps, ids } = ignore;
  const rules = {
    headers: headers ?? USUAL_IGNORES.headers,
    paths: paths ?? USUAL_IGNORES.paths,
    timestamps: timestamps ?? USUAL_IGNORES.timestamps,
    ids: ids ?? USUAL_IGNORES.ids,
  };
  try {
    return compareAnswers(left, right, rules, [], [was.startedAt / 1e6, is.startedAt / 1e6]);
  } catch (error) {
    if (!(error instanceof JsonPathFault)) throw error;
    return { problem: 'cannot-do', why: error.message, remedy: 'Write the path as JSONPath has it: $.items[0].id' };
  }
}
