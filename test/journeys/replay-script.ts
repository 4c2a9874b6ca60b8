import type { ReplayFace } from '../../electron/api/replay-face.ts';
import type { Sending } from '../../shared/contract/replay-schemas.ts';
import {
  USUAL_SETTINGS,
  type Comparison,
  type Draft,
  type DraftProblem,
  type SafetyQuestion,
} from '../../shared/model/replay.ts';
import type { Call } from '../../shared/model/call.ts';
import { urlOf } from '../../shared/query/evaluate.ts';
import { makeCall } from '../fixtures/calls.ts';
import type { StubEngine } from '../fixtures/stub-engine.ts';

/** An engine's half of the workbench that says what a test wants it to; what it sends becomes calls of the stub. */
export interface ReplayScript {
  face: ReplayFace;
  /** Bodies of drafts, by the call they are made of. */
  text(call: number, text: string): void;
  mark(marks: { place: string; mark: string; known: boolean }[]): void;
  problems(find: (draft: Draft) => DraftProblem[]): void;
  questions(find: (draft: Draft) => SafetyQuestion[]): void;
  /** What comes back; `hold`: the answer stays open until the page gives it up. */
  answer(make: (draft: Draft) => { call: Partial<Call>; body: string; hold?: boolean }): void;
  compare(comparison: Comparison): void;
  sent: Draft[];
  /** Sendings that the page gave up. */
  givenUp(): number;
}

export function createReplayScript(engine: StubEngine): ReplayScript {
  const texts = new Map<number, string>();
  const calls = new Map<number, Call>();
  const sent: Draft[] = [];
  let givenUp = 0;
  let next = 9000;
  let marks: { place: string; mark: string; known: boolean }[] = [];
  let problems: (draft: Draft) => DraftProblem[] = () => [];
  let questions: (draft: Draft) => SafetyQuestion[] = () => [];
  let answer: Parameters<ReplayScript['answer']>[0] = () => ({ call: {}, body: '{}' });
  let comparison: Comparison | null = null;

  const face: ReplayFace = {
    async draft({ call: id }) {
      const call = calls.get(id) ?? (await engine.reader.getCall(id));
      if (!call) return { problem: 'call-not-found', id };
      const text = texts.get(id);
      return {
        draft: {
          id: `draft-of-${id}-${Math.round(performance.now())}`,
          name: null,
          origin: id,
          method: call.method,
          url: urlOf(call),
          headers: call.requestHeaders.map(([name, value]) => ({ name, value, off: false })),
          body: text === undefined ? { kind: 'none' } : { kind: 'text', text },
          auth: { kind: 'recorded' },
          settings: USUAL_SETTINGS,
        },
        marks,
        says: [],
      };
    },
    async check({ draft }) {
      const found = problems(draft);
      return {
        request: found.length > 0 ? null : { method: draft.method, url: draft.url, headers: [], bodyBytes: 0 },
        problems: found,
        questions: questions(draft),
      };
    },
    async *send({ draft, confirmed }, signal) {
      const found = { problems: problems(draft), questions: confirmed ? [] : questions(draft) };
      if (found.problems.length + found.questions.length > 0) {
        yield { problem: 'cannot-send', ...found };
        return;
      }
      sent.push(draft);
      const { call: change, body, hold } = answer(draft);
      const id = ++next;
      const call = makeCall({ id, source: 'replay', startedAt: Date.now() * 1000, method: draft.method, ...change });
      const moments: Sending[] = [
        { moment: 'sent', call: id, method: draft.method, url: draft.url },
        {
          moment: 'head',
          status: call.status ?? 200,
          reason: call.reason ?? '',
          protocol: 'http/1.1',
          headers: [...call.responseHeaders].map(([name, value]) => [name, value]),
          afterUs: 90_000,
        },
        { moment: 'data', base64: Buffer.from(body).toString('base64'), afterUs: 110_000 },
      ];
      yield* moments;
      if (hold === true) {
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        givenUp += 1;
        return;
      }
      calls.set(id, call);
      engine.put(call, {
        response: {
          bytes: Buffer.from(body),
          contentType: 'application/json',
          contentEncoding: null,
          truncated: null,
          redacted: false,
        },
      });
      yield { moment: 'end', bytes: body.length, afterUs: 118_000 };
    },
    async compare({ before }) {
      return comparison ?? { problem: 'call-not-found', id: before };
    },
  };
  return {
    face,
    text: (call, text) => void texts.set(call, text),
    mark: (now) => (marks = now),
    problems: (find) => (problems = find),
    questions: (find) => (questions = find),
    answer: (make) => (answer = make),
    compare: (now) => (comparison = now),
    sent,
    givenUp: () => givenUp,
  };
}
