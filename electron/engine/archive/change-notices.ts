const NOTICE_MS = 100;

/** Tells of the newest change, ten times a second at most. */
export interface ChangeNotices {
  tell(seq: number): void;
  listen(listener: (highestSeq: number) => void): () => void;
  stop(): void;
}

export function createChangeNotices(): ChangeNotices {
  const listeners = new Set<(seq: number) => void>();
  let highestSeq = 0;
  let timer: NodeJS.Timeout | null = null;
  let last = 0;
  let stopped = false;
  return {
    tell(seq) {
      highestSeq = Math.max(highestSeq, seq);
      if (stopped || timer || listeners.size === 0) return;
      timer = setTimeout(
        () => {
          timer = null;
          last = Date.now();
          for (const listener of listeners) listener(highestSeq);
        },
        Math.max(0, last + NOTICE_MS - Date.now()),
      );
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
    },
  };
}
