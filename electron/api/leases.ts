/** Who needs the engine: an engine started for a `run` ends when the last lease is given back. */
export interface Leases {
  /** Takes a lease; the function gives it back (once, however often it is called). */
  take(name: string): () => void;
  count(): number;
  names(): string[];
}

/** `onLast` is called when the last lease held is given back; not before there was one. `onCount`: how many there are, when it changes. */
export function createLeases(onLast: () => void = () => {}, onCount: (count: number) => void = () => {}): Leases {
  const held = new Map<symbol, string>();
  return {
    take(name) {
      const key = Symbol(name);
      held.set(key, name);
      onCount(held.size);
      return () => {
        if (!held.delete(key)) return;
        onCount(held.size);
        if (held.size === 0) onLast();
      };
    },
    count: () => held.size,
    names: () => [...held.values()],
  };
}
