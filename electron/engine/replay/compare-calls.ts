import { Worker } from 'node:worker_threads';
import type { Call } from '../../../shared/model/call.ts';
import { USUAL_IGNORES, type Answered, type Comparison, type IgnoreRules } from '../../../shared/model/replay.ts';
import { compareAnswers } from '../../../shared/replay/compare.ts';
import { JsonPathFault } from '../../../shared/replay/json-path.ts';
import { decodeBody } from '../../content/decode-body.ts';
import type { Reader } from '../analytics/reader.ts';
import type { CompareOrder, FromCompare } from './compare-worker.ts';

type CallReader = Pick<Reader, 'getCall' | 'getBody'>;

/** Bodies of more bytes together are compared on a thread of their own. */
const MOST_HERE = 200_000;

type Problem = { problem: 'call-not-found'; id: number } | { problem: 'cannot-do'; why: string; remedy: string };

/** Compares the answers of recorded calls; takes the store alone, no engine. */
export function createCompare(reader: CallReader) {
  return async (
    asked: {
      before: number;
      after: number;
      ignore?: { [Rule in keyof IgnoreRules]?: IgnoreRules[Rule] | undefined } | undefined;
    },
    signal?: AbortSignal,
  ): Promise<Comparison | Problem> => {
    const [before, after] = await Promise.all([reader.getCall(asked.before), reader.getCall(asked.after)]);
    if (!before) return { problem: 'call-not-found', id: asked.before };
    if (!after) return { problem: 'call-not-found', id: asked.after };
    const answers = await Promise.all([answerOf(reader, before), answerOf(reader, after)]);
    const order: CompareOrder = {
      before: answers[0],
      after: answers[1],
      ignore: {
        headers: asked.ignore?.headers ?? USUAL_IGNORES.headers,
        paths: asked.ignore?.paths ?? USUAL_IGNORES.paths,
        timestamps: asked.ignore?.timestamps ?? USUAL_IGNORES.timestamps,
        ids: asked.ignore?.ids ?? USUAL_IGNORES.ids,
      },
      recorded: [endOf(before), endOf(after)],
    };
    const bytes = answers.reduce((sum, { body }) => sum + (body?.length ?? 0), 0);
    const heavy = bytes > MOST_HERE || order.ignore.paths.length > 20;
    const told = heavy ? await compareApart(order, signal) : compareHere(order);
    return 'badPath' in told
      ? { problem: 'cannot-do', why: told.badPath, remedy: 'Correct the path that is ignored, or leave it out.' }
      : told.comparison;
  };
}

/** Throws what is no fault of the question. */
export function compareHere({
  before,
  after,
  ignore,
  recorded,
}: CompareOrder): Exclude<FromCompare, { failed: string }> {
  try {
    return { comparison: compareAnswers(before, after, ignore, [], recorded) };
  } catch (error) {
    if (error instanceof JsonPathFault) return { badPath: error.message };
    throw error;
  }
}

async function compareApart(
  order: CompareOrder,
  signal?: AbortSignal,
): Promise<Exclude<FromCompare, { failed: string }>> {
  signal?.throwIfAborted();
  const script = import.meta.url.endsWith('.ts') ? './compare-worker.ts' : './compare-worker.mjs';
  const worker = new Worker(new URL(script, import.meta.url), { workerData: order });
  try {
    const told = await new Promise<FromCompare>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      worker.on('message', resolve);
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('The thread that compares ended unexpectedly.')));
    });
    if ('failed' in told) throw new Error(told.failed);
    return told;
  } finally {
    void worker.terminate();
  }
}

/** The answer of a recorded call, content codings undone. */
async function answerOf(reader: CallReader, call: Call): Promise<Answered> {
  const stored = await reader.getBody(call.id, 'response');
  const facts = call.responseBody;
  let body: Uint8Array | null = facts.wireBytes === 0 ? new Uint8Array() : null;
  let truncated = facts.truncated !== null;
  if (stored) {
    // Codings that cannot be undone leave bytes, which are compared as such.
    const decoded = await decodeBody(stored.bytes, stored.contentEncoding);
    body = decoded.bytes;
    truncated ||= stored.truncated !== null;
  }
  return {
    status: call.status,
    failure: call.failure?.detail ?? null,
    headers: call.responseHeaders,
    contentType:
      stored?.contentType ?? call.responseHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null,
    body,
    truncated,
    timeToFirstByteUs: call.timeToFirstByteUs,
    durationUs: call.durationUs,
  };
}

/** Seconds since the epoch when a call was over. */
const endOf = ({ startedAt, durationUs }: Call): number => (startedAt + (durationUs ?? 0)) / 1e6;
