import { useEffect, useState } from 'react';
import type { BacktestResult } from '../../../../shared/contract/policies.ts';
import { useApi } from '../../../client/api-context.ts';
import { messageOf } from '../use-policies.ts';

/** Enough to see what a policy does, few enough to answer while somebody types. */
const NEWEST = 20_000;

export interface Preview {
  result: BacktestResult | null;
  /** The text that `result` was worked out from. */
  of: string;
  progress: { done: number; total: number } | null;
  trouble: string | null;
}

const NOTHING: Preview = { result: null, of: '', progress: null, trouble: null };

/**
 * What a policy would have done to the newest calls. `text`: its file, or itself alone; null while it has mistakes. A
 * replay under way is given up when another text comes.
 */
export function usePreview(text: string | null, id: string | null): Preview {
  const api = useApi();
  const [preview, setPreview] = useState<Preview>(NOTHING);
  useEffect(() => {
    if (text === null || id === null) return;
    const asked = { text, id };
    const end = new AbortController();
    void (async () => {
      try {
        const until = Date.now() * 1000 + 1_000_000;
        const pieces = await api.policies.backtest(
          { since: 0, until, newest: NEWEST, candidates: [asked.text], only: asked.id },
          { signal: end.signal },
        );
        for await (const piece of pieces) {
          if (end.signal.aborted) return;
          if (piece.state === 'working') {
            const { done, total } = piece;
            setPreview((before) => ({ ...before, progress: { done, total } }));
          } else {
            const own = piece.results[0]?.find(({ policy }) => policy === asked.id) ?? null;
            setPreview({ result: own, of: `${asked.id}\n${asked.text}`, progress: null, trouble: null });
          }
        }
      } catch (fault) {
        if (!end.signal.aborted) setPreview((before) => ({ ...before, progress: null, trouble: messageOf(fault) }));
      }
    })();
    return () => end.abort();
  }, [api, text, id]);
  return preview;
}
