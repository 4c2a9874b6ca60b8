import { Drama } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useApi } from '../client/api-context.ts';
import type { Api } from '../client/api.ts';
import { useStream } from '../client/stream.ts';
import { useActions } from '../data/actions.ts';
import { linkTo } from '../data/location.ts';
import { Button } from '../ui/button.tsx';
import { toast } from '../ui/toasts.tsx';
import { words } from '../words/index.ts';
import './mock-strip.css';

const say = words.mocks;
type Streamed<T> = T extends AsyncIterable<infer One> ? One : never;
type Active = Streamed<Awaited<ReturnType<Api['mocks']['state']>>>['sets'][number];

const LOOK_MS = 10_000;

/** On every view, while something is answered in place of origins: what, for whom, how long, and how to end it. */
export function MockStrip(): ReactNode {
  const api = useApi();
  const { value } = useStream('mocks', (signal) => api.mocks.state(undefined, { signal }));
  const sets = value?.sets ?? [];
  const now = useNow(sets.length > 0);

  async function stop({ id, name }: Active): Promise<void> {
    try {
      await api.mocks.stop({ id });
      toast(say.stopped(name));
    } catch (fault) {
      toast(say.failed, { says: fault instanceof Error ? fault.message : String(fault) });
    }
  }
  useActions(
    words.frame.keysEverywhere,
    sets.map((set) => ({ id: `mocks.stop.${set.id}`, title: say.stopNamed(set.name), run: () => void stop(set) })),
  );
  if (sets.length === 0) return null;
  return (
    <section className="mock-strip" aria-label={say.region}>
      {sets.map((set) => (
        <div key={set.id} className="mock-strip-set">
          <Drama size={14} aria-hidden />
          <p>
            <strong>{say.active(set.name)}</strong> {say.whom(set.apps, set.run)}
            <span className="dim">
              {' · '}
              {say.left(set.until === null ? null : (set.until / 1000 - now) / 60_000)}
              {' · '}
              {say.served(set.served, set.refused)}
            </span>
          </p>
          <a href={linkTo('traffic', { filter: `tag:mock=${set.name}/*` })}>{say.show}</a>
          <Button aria-label={say.stopNamed(set.name)} onClick={() => void stop(set)}>
            {say.stop}
          </Button>
        </div>
      ))}
    </section>
  );
}

/** Milliseconds since the epoch, looked at now and then. */
function useNow(runs: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!runs) return;
    const look = setInterval(() => setNow(Date.now()), LOOK_MS);
    return () => clearInterval(look);
  }, [runs]);
  return now;
}
