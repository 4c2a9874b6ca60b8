import { useEffect, useMemo, useRef, useState } from 'react';
import type { BacktestResult } from '../../../../shared/contract/policies.ts';
import { useApi } from '../../../client/api-context.ts';
import type { Api } from '../../../client/api.ts';
import { createRuns } from './what-if-run.ts';
import type { Piece, Run } from './what-if-run.ts';

/** Which recorded calls are looked at. */
export interface History {
  since: number;
  until: number;
  callers: 'as-recorded' | 'retry';
}

export interface SweepAnswer {
  points: { value: number; denied: number; delayed: number; delayP99Ms: number; vendor429sAvoided: number }[];
  knee: number | null;
}

interface Asked<Question> {
  question: Question | null;
  /** Changes when the question does. */
  key: string;
}

/** Keeps the answer to the newest question; null asks nothing. */
function useRun<Question, Answer>(
  { question, key }: Asked<Question>,
  ask: (api: Api, question: Question, signal: AbortSignal) => AsyncIterable<Piece<Answer>>,
): Run<Answer> & { cancel: () => void } {
  const api = useApi();
  const [run, setRun] = useState<Run<Answer>>({ answer: null, stale: false, progress: null, fault: null });
  const asking = useRef(ask);
  const runs = useMemo(
    () =>
      createRuns<Question, Answer>({
        ask: (one, signal) => asking.current(api, one, signal),
        show: setRun,
        now: () => performance.now(),
      }),
    [api],
  );
  const newest = useRef(question);
  useEffect(() => {
    newest.current = question;
  });
  useEffect(() => () => runs.close(), [runs]);
  useEffect(() => {
    if (newest.current !== null) runs.ask(newest.current);
  }, [runs, key]);
  return { ...run, cancel: runs.cancel };
}

/** What candidates would have done; the results of the first policy of each. */
export function useBacktest(candidates: readonly string[], history: History) {
  const question = candidates.length === 0 ? null : { ...history, candidates: [...candidates] };
  return useRun<NonNullable<typeof question>, BacktestResult[]>(
    { question, key: JSON.stringify(question) },
    async function* (api, one, signal) {
      for await (const piece of await api.policies.backtest(one, { signal }))
        yield piece.state === 'done'
          ? { state: 'done', answer: piece.results.flatMap(([first]) => first ?? []) }
          : piece;
    },
  );
}

export function useSweep(policy: string | null, range: { from: number; to: number }, history: History) {
  const question = policy === null ? null : { ...history, ...range, policy, setting: 'limit', steps: 20 };
  return useRun<NonNullable<typeof question>, SweepAnswer>(
    { question, key: JSON.stringify(question) },
    async function* (api, one, signal) {
      for await (const piece of await api.policies.sweep(one, { signal }))
        yield piece.state === 'done' ? { state: 'done', answer: piece } : piece;
    },
  );
}
