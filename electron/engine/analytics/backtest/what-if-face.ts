import type { BacktestResult, Demand } from '../../../../shared/contract/policies.ts';
import { parseQuery } from '../../../../shared/query/parse.ts';
import type { QueryTree } from '../../../../shared/query/tree.ts';
import type { CachePoint } from './cache.ts';
import type { Progress } from './progress.ts';
import type { Asked, BadWhatIf, SweepPoint, WhatIfName, WhatIfs } from './questions.ts';
import type { BadPolicies } from './read-candidate.ts';
import type { Declared } from '../../vendors/declared.ts';
import { createWhatIf } from './what-if.ts';
import type { WhatIf } from './what-if.ts';

/** Which recorded calls, as doors ask. */
interface History {
  since: number;
  until: number;
  filter?: string | undefined;
  newest?: number | undefined;
  callers?: 'as-recorded' | 'retry' | undefined;
}

type Problem = BadPolicies | BadWhatIf;

/** The contract’s questions, and the thread behind them, which begins with the first. `words`: what people say now. */
export function openWhatIf(given: {
  dataDir: string;
  words: { appNames(): Readonly<Record<string, string>>; declared(): Declared };
  places: () => readonly string[];
  now: () => number;
}) {
  const { dataDir, words, places, now } = given;
  const whatIf = createWhatIf({
    dataDir,
    said: () => ({ appNames: words.appNames(), declared: words.declared(), places: places() }),
  });
  return {
    face: createWhatIfFace(whatIf, now),
    /** What counters of policies stand at after recorded calls. */
    warm: (question: WhatIfs['warm'][0], signal: AbortSignal) => whatIf.ask('warm', question, signal),
    stop: whatIf.stop,
  };
}

/** The contract’s questions about what would have been. `now` in microseconds since the epoch. */
export function createWhatIfFace(whatIf: WhatIf, now: () => number) {
  /** What is asked in the words of the worker; what is wrong with the filter, else. */
  function readHistory({ since, until, filter = '', newest, callers = 'as-recorded' }: History): Asked | BadWhatIf {
    const at = now();
    if (until <= since) return { problem: 'bad-what-if', why: 'The time ends before it begins.', remedy: EARLIER };
    const tree = readFilter(filter, at);
    return 'problem' in tree ? tree : { since, until, newest, callers, now: at, ...tree };
  }

  /** Pieces: how far it is, and last the answer. Whoever leaves gives it up. */
  async function* stream<Name extends WhatIfName, Answer>(
    name: Name,
    asked: History,
    rest: Omit<WhatIfs[Name][0], keyof Asked>,
    toAnswer: (answer: Exclude<WhatIfs[Name][1], Problem>) => Answer,
    signal?: AbortSignal,
  ): AsyncGenerator<Progress | Answer | Problem> {
    const history = readHistory(asked);
    if ('problem' in history) {
      yield history;
      return;
    }
    const leaving = new AbortController();
    const stop = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
    const parts: Progress[] = [];
    let wake: () => void = () => {};
    let ended = false;
    const answer = whatIf
      .ask(name, { ...history, ...rest } as WhatIfs[Name][0], stop, (part) => {
        // Nobody is told of what is behind already.
        parts[0] = part;
        wake();
      })
      .finally(() => {
        ended = true;
        wake();
      });
    answer.catch(() => {}); // awaited below
    try {
      for (;;) {
        const part = parts.pop();
        if (part) yield part;
        else if (ended) break;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
      const told = await answer;
      yield isProblem(told) ? told : toAnswer(told as Exclude<WhatIfs[Name][1], Problem>);
    } finally {
      leaving.abort(new Error('Nobody waits for it any more.'));
    }
  }

  async function ask<Name extends WhatIfName>(
    name: Name,
    asked: History,
    rest: Omit<WhatIfs[Name][0], keyof Asked>,
    signal?: AbortSignal,
  ): Promise<WhatIfs[Name][1] | BadWhatIf> {
    const history = readHistory(asked);
    if ('problem' in history) return history;
    return whatIf.ask(name, { ...history, ...rest } as WhatIfs[Name][0], signal);
  }

  return {
    backtest: (
      { candidates, only, ...asked }: History & { candidates: string[]; only?: string | undefined },
      signal?: AbortSignal,
    ) =>
      stream(
        'backtest',
        asked,
        { candidates, only },
        ({ results }): { state: 'done'; results: BacktestResult[][] } => ({ state: 'done', results }),
        signal,
      ),
    sweep: (
      {
        policy,
        setting = 'limit',
        from,
        to,
        steps = 20,
        ...asked
      }: History & {
        policy: string;
        setting?: string | undefined;
        from: number;
        to: number;
        steps?: number | undefined;
      },
      signal?: AbortSignal,
    ) =>
      stream(
        'sweep',
        asked,
        { policy, setting, from, to, steps },
        (answer): { state: 'done'; points: SweepPoint[]; knee: number | null } => ({ state: 'done', ...answer }),
        signal,
      ),
    demand: ({ policy, ...asked }: History & { policy: string }, signal?: AbortSignal): Promise<Demand | Problem> =>
      ask('demand', asked, { policy }, signal),
    recommend: (
      { policy, safety = 1.2, ...asked }: History & { policy: string; safety?: number | undefined },
      signal?: AbortSignal,
    ) => ask('recommend', asked, { policy, safety }, signal),
    whatIfPrice: (
      {
        vendor,
        model,
        factor,
        ...asked
      }: History & { vendor?: string | undefined; model?: string | undefined; factor: number },
      signal?: AbortSignal,
    ) => ask('price', asked, { vendor, model, factor }, signal),
    whatIfCache: (
      { ttl, steps = 1, ...asked }: History & { ttl: number; steps?: number | undefined },
      signal?: AbortSignal,
    ): Promise<{ points: CachePoint[]; unknowns: string[] } | BadWhatIf> =>
      ask('cache', asked, { ttls: ttlsUpTo(ttl, steps) }, signal),
  };
}

const EARLIER = 'Give an `until` after `since`.';

/** The longest last, each half of the next: what a cache saves grows with the logarithm of its time, if at all. */
function ttlsUpTo(ttl: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, index) => Math.max(1, ttl / 2 ** (steps - 1 - index)));
}

function isProblem(answer: object): answer is Problem {
  return 'problem' in answer;
}

function readFilter(text: string, now: number): { tree: QueryTree | null } | BadWhatIf {
  const reading = parseQuery(text, { now, offsetMinutesAt });
  if (reading.ok) return { tree: reading.tree };
  const { message, expected, suggestion } = reading.error;
  return {
    problem: 'bad-what-if',
    why: `The filter cannot be read: ${message}`,
    remedy:
      suggestion !== null
        ? `Did you mean ${suggestion}?`
        : expected.length > 0
          ? `There could stand: ${expected.join(', ')}.`
          : 'Leave it out, or write it as in the list of calls.',
  };
}

/** Minutes east of UTC at a wall-clock time of this machine’s zone. */
function offsetMinutesAt(wallClockMs: number): number {
  const wall = new Date(wallClockMs);
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const local = new Date(year, month, day, wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds());
  return Math.round((wallClockMs - local.getTime()) / 60_000);
}
