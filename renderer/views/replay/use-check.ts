import { useEffect, useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Draft, DraftProblem, SafetyQuestion } from '../../../shared/model/replay.ts';
import { useApi } from '../../client/api-context.ts';

/** Typing rests this long before the engine is asked. */
const REST_MS = 300;

export interface Checked {
  problems: readonly DraftProblem[];
  questions: readonly SafetyQuestion[];
  /** What would go out, redacted; null while something stands in the way. */
  request: { method: string; url: string; headers: [string, string][]; bodyBytes: number } | null;
}

/** What sending the draft would do, looked at while it is written; null before the first answer. */
export function useCheck(draft: Draft, environment: string | null): Checked | null {
  const api = useApi();
  const [rested, setRested] = useState(draft);
  useEffect(() => {
    const timer = setTimeout(() => setRested(draft), REST_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  const asked = useQuery({
    queryKey: ['replay', 'check', rested, environment],
    queryFn: ({ signal }) => api.replay.check({ draft: rested, environment }, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 10_000,
  });
  return asked.data ?? null;
}
