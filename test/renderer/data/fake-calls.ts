import type { WindowParts } from '../../../renderer/data/call-window.ts';
import { createSignal } from '../../../renderer/client/signal.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { evaluate } from '../../../shared/query/evaluate.ts';
import { parseQuery } from '../../../shared/query/parse.ts';

export function makeSummary(id: number, more: Partial<CallSummary> = {}): CallSummary {
  return {
    id,
    state: 'closed',
    kind: 'http',
    source: 'proxy',
    startedAt: 1_000_000 * id,
    app: 'billing',
    clientAddress: null,
    method: 'GET',
    scheme: 'https',
    host: 'api.example.com',
    port: 443,
    path: `/${id}`,
    query: '',
    status: 200,
    failure: null,
    durationUs: id * 10,
    timeToFirstByteUs: 5,
    requestBytes: 0,
    responseBytes: id,
    clientProtocol: 'http/1.1',
    protocol: 'http/1.1',
    tlsVersion: null,
    remoteAddress: null,
    contentType: null,
    decision: null,
    messages: 0,
    sources: ['proxy'],
    process: null,
    package: null,
    callsite: null,
    traceId: null,
    tags: {},
    vendor: null,
    service: null,
    endpoint: null,
    credential: null,
    model: null,
    throttle: null,
    inputTokens: null,
    outputTokens: null,
    costNanoUsd: null,
    costProvenance: null,
    pinned: false,
    note: null,
    ...more,
  };
}

/** The engine's answers about calls, from memory: the same filter meaning, cursors and change numbers. */
export function createFakeCalls(): {
  parts: Omit<WindowParts, 'most'>;
  connection: ReturnType<typeof createSignal<string>>;
  put: (...calls: CallSummary[]) => void;
  /** Tells watchers how far changes go, as the engine does at most ten times a second. */
  notice: () => void;
  matching: (query: string) => CallSummary[];
  /** Waits until nothing is asked any more and every frame was drawn. */
  settle: () => Promise<void>;
  runLater: () => void;
  asked: { list: number; changes: number; aborted: number };
  hold: (on: boolean) => void;
} {
  const calls = new Map<number, CallSummary>();
  const changes: number[] = [];
  const watchers = new Set<(seq: number) => void>();
  const connection = createSignal<string>('open');
  const asked = { list: 0, changes: 0, aborted: 0 };
  let frames: (() => void)[] = [];
  let laters: (() => void)[] = [];
  let pending = 0;
  let held: (() => void)[] | null = null;

  function matching(query: string): CallSummary[] {
    const parsed = parseQuery(query, { now: 0 });
    if (!parsed.ok) throw new Error(parsed.error.message);
    const none = { headers: () => [], bodies: () => [] };
    return [...calls.values()].filter((call) => evaluate(parsed.tree, call, none)).sort((a, b) => a.id - b.id);
  }

  async function answer<T>(signal: AbortSignal | undefined, make: () => T): Promise<T> {
    pending += 1;
    try {
      if (held) await new Promise<void>((resolve) => held?.push(resolve));
      await Promise.resolve();
      if (signal?.aborted) {
        asked.aborted += 1;
        throw new Error('given up');
      }
      return make();
    } finally {
      pending -= 1;
    }
  }

  const api = {
    list: (
      {
        query = '',
        limit = 100,
        before,
        after,
        oldestFirst = false,
        sort,
        descending = false,
        headers,
      }: Record<string, never> & {
        query?: string;
        limit?: number;
        before?: number;
        after?: number;
        oldestFirst?: boolean;
        sort?: string;
        descending?: boolean;
        headers?: string[];
      },
      options?: { signal?: AbortSignal },
    ) => {
      asked.list += 1;
      return answer(options?.signal, () => {
        let found = matching(query).filter(
          ({ id }) => (before === undefined || id < before) && (after === undefined || id > after),
        );
        if (sort) found.sort((a, b) => ((a.durationUs ?? 0) - (b.durationUs ?? 0)) * (descending ? -1 : 1));
        else if (!oldestFirst) found = found.reverse();
        const page = found.slice(0, limit);
        return {
          calls: page,
          more: found.length > limit,
          ...(headers && { headers: page.map(({ id }) => headers.map((name) => `${name} of ${id}`)) }),
        };
      });
    },
    changes: (
      { seq, query = '', limit = 500 }: { seq?: number; query?: string; limit?: number },
      options?: { signal?: AbortSignal },
    ) => {
      asked.changes += 1;
      return answer(options?.signal, () => {
        if (seq === undefined) return { seq: changes.length, calls: [] };
        const reached = Math.min(changes.length, seq + limit);
        const ids = new Set(changes.slice(seq, reached));
        return { seq: Math.min(reached, changes.length), calls: matching(query).filter(({ id }) => ids.has(id)) };
      });
    },
    watch: async (_: unknown, options?: { signal?: AbortSignal }) => {
      await Promise.resolve();
      const queue: number[] = [];
      let wake = (): void => {};
      const push = (seq: number): void => {
        queue.push(seq);
        wake();
      };
      watchers.add(push);
      options?.signal?.addEventListener('abort', () => {
        watchers.delete(push);
        wake();
      });
      return (async function* () {
        while (options?.signal?.aborted !== true) {
          const seq = queue.shift();
          if (seq !== undefined) yield { seq };
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      })();
    },
  };

  return {
    parts: {
      api: { calls: api as unknown as WindowParts['api']['calls'] },
      connection,
      nextFrame(work) {
        frames.push(work);
        return () => (frames = frames.filter((one) => one !== work));
      },
      later(work) {
        laters.push(work);
        return () => (laters = laters.filter((one) => one !== work));
      },
    },
    connection,
    put(...given) {
      for (const call of given) {
        calls.set(call.id, call);
        changes.push(call.id);
      }
    },
    notice: () => watchers.forEach((push) => push(changes.length)),
    matching,
    async settle() {
      for (let quiet = 0; quiet < 10; quiet += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        if (pending > 0 || frames.length > 0) quiet = 0;
        const due = frames;
        frames = [];
        for (const work of due) work();
      }
    },
    runLater() {
      const due = laters;
      laters = [];
      for (const work of due) work();
    },
    asked,
    hold(on) {
      const waiting = held ?? [];
      held = on ? [] : null;
      for (const resolve of waiting) resolve();
    },
  };
}
