import { useSyncExternalStore } from 'react';

/** A value that can be watched. Setting an equal value tells nobody. */
export interface Signal<T> {
  get(): T;
  set(value: T): void;
  watch(listener: () => void): () => void;
}

export function createSignal<T>(initial: T): Signal<T> {
  const listeners = new Set<() => void>();
  let value = initial;
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The signal's value; the component is drawn again when it changes. */
export function useSignal<T>(signal: Pick<Signal<T>, 'get' | 'watch'>): T {
  return useSyncExternalStore(signal.watch, signal.get);
}
