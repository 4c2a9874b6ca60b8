import { useEffect, useState } from 'react';
import { useConnection } from '../client/api-context.ts';
import { createCallWindow } from './call-window.ts';
import type { CallWindow, WindowQuestion } from './call-window.ts';

/** A live window of calls for as long as the component is there. It asks nothing while the page is hidden. */
export function useCallWindow(question: WindowQuestion): CallWindow | null {
  const connection = useConnection();
  const [window, setWindow] = useState<CallWindow | null>(null);
  useEffect(() => {
    const made = createCallWindow({
      api: connection.api,
      connection: connection.state,
      nextFrame: (work) => {
        const frame = requestAnimationFrame(work);
        return () => cancelAnimationFrame(frame);
      },
      later: (work, ms) => {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
    });
    setWindow(made);
    return () => made.close();
  }, [connection]);
  const { query, sort, descending, headers } = question;
  const names = headers.join('\n');
  useEffect(() => {
    window?.ask({ query, sort, descending, headers: names === '' ? [] : names.split('\n') });
  }, [window, query, sort, descending, names]);
  return window;
}
