import type { ActiveSet } from '../../../shared/contract/mocks.ts';
import { createMockSession, type MockSession } from '../../../shared/mocks/mock-session.ts';
import type { AskedHead } from '../../../shared/mocks/match-request.ts';
import type { Unmatched } from '../../../shared/mocks/mock-set.ts';
import { scriptAnswer } from '../../../shared/mocks/script-answer.ts';
import type { OutboundRequest, OwnAnswer } from '../pipeline/dispatch.ts';
import type { Mocked, MockedAnswer } from '../pipeline/stages/answer-from-mock.ts';
import { READ_AHEAD } from '../pipeline/stages/govern.ts';
import { plainOf } from '../store/content-coding.ts';
import type { LoadedSet } from './load-set.ts';

/** For whom a set answers, and how. */
export interface ServedTo {
  apps: readonly string[] | null;
  run: string | null;
  unmatched: Unmatched;
  seed: number;
  startedAt: number;
  until: number | null;
}

/** What a set answered, and what it did not. */
export interface MockReport {
  served: ReturnType<MockSession['served']>;
  unmatched: { method: string; host: string; path: string; calls: number }[];
  unmatchedCalls: number;
}

/** A set that answers. */
export interface ServingSet {
  readonly row: ActiveSet;
  isFor(request: OutboundRequest): boolean;
  meet(request: OutboundRequest): Mocked;
  report(): MockReport;
}

/** Different requests that nothing matched are remembered up to so many. */
const MOST_UNMATCHED = 100;

/** `changed` is called when its figures are others. */
export function serveSet(
  named: { id: string; name: string; file: string },
  { set, files }: LoadedSet,
  to: ServedTo,
  around: { now: () => number; changed: () => void },
): ServingSet {
  const session = createMockSession(set, to.seed);
  const unmatched = new Map<string, MockReport['unmatched'][number]>();
  const counts = { served: 0, passed: 0, refused: 0 };

  function meet(request: OutboundRequest): Mocked {
    const { method, host, port, target, fields } = request;
    const head: AskedHead = { method, host: host.toLowerCase(), port, target, fields };
    return {
      readsBody: session.readsBody(head),
      choose(body) {
        around.changed();
        const mock = session.find(head, textOf(body, fields));
        if (mock === null) return unmet(head);
        counts.served++;
        const moments = scriptAnswer(session.choose(mock), {
          method,
          host: head.host,
          target,
          now: around.now(),
          fileOf: (path) => files.get(path) ?? new Uint8Array(),
        });
        return { name: `${named.name}/${mock.id}`, moments };
      },
    };
  }

  function unmet(head: AskedHead): MockedAnswer | null {
    const [path = ''] = head.target.split('?');
    const key = `${head.method} ${head.host} ${path}`;
    const known = unmatched.get(key);
    if (known !== undefined) known.calls++;
    else if (unmatched.size < MOST_UNMATCHED)
      unmatched.set(key, { method: head.method, host: head.host, path: path.slice(0, 500), calls: 1 });
    if (to.unmatched === 'pass') {
      counts.passed++;
      return null;
    }
    counts.refused++;
    const detail = `No mock of “${named.name}” is for ${head.method} ${head.host}${path.slice(0, 200)}, and what none is for is refused.`;
    return { name: `${named.name}/-`, refused: { kind: 'blocked', detail }, answer: refusal(detail) };
  }

  return {
    get row() {
      const { apps, run, seed, startedAt, until } = to;
      return {
        ...named,
        apps: apps === null ? null : [...apps],
        run,
        unmatched: to.unmatched,
        seed,
        startedAt,
        until,
        ...counts,
      };
    },
    isFor: ({ app, tags }) =>
      (to.run === null || tags?.['run'] === to.run) && (to.apps === null || (app !== null && to.apps.includes(app))),
    meet,
    report: () => ({
      served: session.served(),
      unmatched: [...unmatched.values()],
      unmatchedCalls: counts.passed + counts.refused,
    }),
  };
}

/** A body with its content codings undone; null when it cannot be had. */
function textOf(body: Buffer | null, fields: readonly string[]): string | null {
  if (body === null) return null;
  const at = fields.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === 'content-encoding');
  return plainOf(body, at < 0 ? null : fields[at + 1]!, READ_AHEAD)?.toString('utf8') ?? null;
}

/** 501, and a word to SDKs that trying again is no use. */
function refusal(detail: string): OwnAnswer {
  const body = Buffer.from(
    `${JSON.stringify({
      type: 'urn:sallyport:mock:unmatched',
      title: 'Not Implemented',
      status: 501,
      detail,
      message: detail,
      error: { type: 'mock_unmatched', code: 'mock_unmatched', message: detail },
    })}\n`,
  );
  return {
    status: 501,
    reason: 'Not Implemented',
    fields: [
      'Content-Type',
      'application/problem+json',
      'Content-Length',
      String(body.length),
      'Sallyport-Error',
      'unmatched',
      'Cache-Control',
      'no-store',
      'X-Should-Retry',
      'false',
      'Stripe-Should-Retry',
      'false',
    ],
    body,
  };
}
