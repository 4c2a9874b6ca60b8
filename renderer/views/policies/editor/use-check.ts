import { useEffect, useState } from 'react';
import type { PolicyProblem } from '../../../../shared/contract/policies.ts';
import { useApi } from '../../../client/api-context.ts';

/** A pause in writing of this long is worth a question. With the check’s own time it stays under 300 ms. */
const PAUSE_MS = 200;

export interface Checked {
  /** What was checked; what is written now may be another. */
  text: string;
  problems: readonly PolicyProblem[];
}

/** The mistakes of a text while it is written; null before the first answer. */
export function useCheck(text: string): Checked | null {
  const api = useApi();
  const [checked, setChecked] = useState<Checked | null>(null);
  useEffect(() => {
    const end = new AbortController();
    const timer = setTimeout(() => {
      api.policies
        .check({ text }, { signal: end.signal })
        .then(({ problems }) => setChecked({ text, problems }))
        .catch(() => {
          // Given up because somebody writes on, or the engine is away: the page says the latter.
        });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [api, text]);
  return checked;
}
