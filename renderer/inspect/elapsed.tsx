import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Duration } from '../ui/quantity.tsx';

/** Microseconds since a moment, counting by tenths of a second, then by seconds; null while it is not `running`. */
export function useElapsed(since: number, running = true): number | null {
  const [now, setNow] = useState(() => Date.now());
  const ms = Math.max(0, now - since / 1000);
  const every = ms < 10_000 ? 100 : 1000;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every, running]);
  return running ? Math.floor(ms / every) * every * 1000 : null;
}

/** How long something has been going on. */
export function Elapsed({ since }: { since: number }): ReactNode {
  return <Duration us={useElapsed(since)} />;
}
