import { useEffect, useMemo } from 'react';
import { createSignal, useSignal } from '../client/signal.ts';
import { useConnection } from '../client/api-context.ts';
import { createCallWindow } from './call-window.ts';
import type { CallWindow, WindowQuestion } from './call-window.ts';

/** A live window of calls for as long as the component is there. */
export function useCallWindow(question: WindowQuestion): CallWindow | null {
  const connection = useConnection();
  const holder = useMemo(() => createSignal<CallWindow | null>(null), []);
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
    holder.set(made);
    return () => {
      holder.set(null);
      made.close();
    };
  }, [connection, holder]);
  const window = useSignal(holder);
  const { query, sort, descending, headers } = question;
  const names = headers.join('\n');
  useEffect(() => {
    window?.ask({ query, sort, descending, headers: names === '' ? [] : names.split('\n') });
  }, [window, query, sort, descending, names]);
  return window;
}
