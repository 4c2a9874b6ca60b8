import { createChances } from './chances.ts';
import { compileMatch, type AskedHead } from './match-request.ts';
import type { FaultDo, Mock, MockAnswer, MockSet } from './mock-set.ts';

/** What one request is answered with. */
export interface Chosen {
  mock: Mock;
  /** Place in the mock's list of answers. */
  place: number;
  answer: MockAnswer;
  /** From the whole request to the answer's head, delays of faults included. */
  latencyMs: number;
  /** What goes wrong; null: nothing but delays. */
  fault: Exclude<FaultDo, { kind: 'delay' }> | null;
}

/** A set at work: which answer is next, and which chances were drawn. */
export interface MockSession {
  /** Whether something of the body has to be known to say which mock answers this. */
  readsBody(head: AskedHead): boolean;
  /** `body` as text; null when there is none, it is not known, or too long. */
  find(head: AskedHead, body: string | null): Mock | null;
  /** The next answer of a mock. */
  choose(mock: Mock): Chosen;
  /** How often each was served, in the file's order. */
  served(): { id: string; served: number }[];
}

/** The same seed, the same requests of each mock: the same answers, in whatever order mocks were asked. */
export function createMockSession(set: MockSet, seed: number): MockSession {
  const entries = set.mocks.map((mock) => ({
    mock,
    test: compileMatch(mock.match),
    chances: createChances(seed, mock.id),
    served: 0,
  }));
  const byMock = new Map(entries.map((entry) => [entry.mock, entry]));
  return {
    readsBody(head) {
      const first = entries.find(({ test }) => test.head(head));
      return first !== undefined && first.test.body !== null;
    },
    find(head, body) {
      let read: { json: unknown } | null | undefined;
      for (const { mock, test } of entries) {
        if (!test.head(head)) continue;
        if (test.body === null) return mock;
        read = read === undefined ? parsed(body) : read;
        if (read !== null && test.body(read.json)) return mock;
      }
      return null;
    },
    choose(mock) {
      const entry = byMock.get(mock);
      if (entry === undefined) throw new Error(`“${mock.id}” is no mock of this set.`);
      const turn = entry.served++;
      const { answers, faults, latency, repeat } = mock;
      const place = repeat === 'all' ? turn % answers.length : Math.min(turn, answers.length - 1);
      const answer = answers[place]!;
      // Every chance is drawn at every turn: what strikes does not hang on what struck before it.
      const drawn = entry.chances();
      let latencyMs =
        latency.kind === 'fixed'
          ? latency.ms
          : latency.kind === 'recorded'
            ? (answer.tookMs ?? 0)
            : latency.from + Math.round(drawn * (latency.to - latency.from));
      let fault: Chosen['fault'] = null;
      for (const { strikes, does } of faults) {
        const chance = strikes.kind === 'chance' ? entry.chances() : 0;
        const struck =
          strikes.kind === 'always' ||
          (strikes.kind === 'chance' && chance < strikes.probability) ||
          (strikes.kind === 'every' && (turn + 1) % strikes.nth === 0) ||
          (strikes.kind === 'first' && turn < strikes.times);
        if (!struck) continue;
        if (does.kind === 'delay') latencyMs += does.ms;
        else fault ??= does;
      }
      return { mock, place, answer, latencyMs, fault };
    },
    served: () => entries.map(({ mock: { id }, served }) => ({ id, served })),
  };
}

function parsed(body: string | null): { json: unknown } | null {
  if (body === null) return null;
  try {
    return { json: JSON.parse(body) };
  } catch {
    return null;
  }
}
