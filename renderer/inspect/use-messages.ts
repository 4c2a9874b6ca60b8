import { useEffect, useRef, useState } from 'react';
import type { Message } from '../../shared/model/call.ts';
import { useApi } from '../client/api-context.ts';

const BLOCK = 200;
const PAGE = 1000;
/** Pages in memory; the farthest are let go and can be asked for again. */
const MOST_BLOCKS = 60;

/** Messages of a call by their number, fetched as they come into sight; `total` may grow. */
export function useMessages(id: number, total: number): (index: number) => Message | null {
  const api = useApi();
  const [blocks, setBlocks] = useState<ReadonlyMap<number, readonly Message[]>>(new Map());
  const asked = useRef(new Map<number, number>());
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => void (alive.current = false);
  }, []);

  const ask = (number: number): void => {
    const from = number * BLOCK;
    // The last block is asked for again when there is more.
    const upTo = Math.min(total, from + BLOCK);
    if ((asked.current.get(number) ?? 0) >= upTo) return;
    asked.current.set(number, upTo);
    api.calls.messages({ id, after: from, limit: BLOCK }).then(
      ({ messages }) => {
        if (!alive.current) return;
        setBlocks((before) => {
          const next = new Map(before);
          next.set(number, messages);
          for (const old of next.keys()) {
            if (next.size <= MOST_BLOCKS) break;
            if (old !== number) {
              next.delete(old);
              asked.current.delete(old);
            }
          }
          return next;
        });
        if (from + messages.length < upTo) asked.current.set(number, from + messages.length);
      },
      () => asked.current.delete(number),
    );
  };

  return (index) => {
    const number = Math.floor(index / BLOCK);
    const message = blocks.get(number)?.[index - number * BLOCK];
    if (!message) queueMicrotask(() => ask(number));
    return message ?? null;
  };
}

/** All messages in one array, as far as they have come; only while `wanted`. For searching. */
export function useAllMessages(
  id: number,
  total: number,
  wanted: boolean,
): { messages: readonly Message[]; complete: boolean } {
  const api = useApi();
  const [messages, setMessages] = useState<readonly Message[]>([]);
  useEffect(() => {
    if (!wanted || messages.length >= total) return;
    const end = new AbortController();
    api.calls.messages({ id, after: messages.length, limit: PAGE }, { signal: end.signal }).then(
      (answer) => answer.messages.length > 0 && setMessages((before) => [...before, ...answer.messages]),
      () => {},
    );
    return () => end.abort();
  }, [api, id, total, wanted, messages.length]);
  return { messages, complete: messages.length >= total };
}
