import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

/** Shows what stands for late content only when it is late: a flash of grey is worse than 150 ms of nothing. */
export function Late({ after = 150, children }: { after?: number; children: ReactNode }): ReactNode {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), after);
    return () => clearTimeout(timer);
  }, [after]);
  return late ? children : null;
}
