import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Duration } from '../ui/quantity.tsx';

/** How long something has been going on, counting by tenths of a second, then by seconds. */
export function Elapsed({ since }: { since: number }): ReactNode {
  const [now, setNow] = useState(() => Date.now());
  const ms = Math.max(0, now - since / 1000);
  const every = ms < 10_000 ? 100 : 1000;
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return <Duration us={Math.floor(ms / every) * every * 1000} />;
}
