import type { CallRecord } from '../../shared/events/fold.ts';
import { attachBody, fold } from '../../shared/events/fold.ts';
import { DEFAULT_BUDGETS, openStore } from '../../electron/engine/store/store.ts';
import type { Batch } from '../../electron/engine/store/store.ts';
import { createRandom, makeCall } from '../harness/store/traffic.ts';

/** Kinds of calls made once; what differs from call to call is put in afterwards. */
const KINDS = 20_000;
const BATCH = 2000;

/**
 * Fills a store with calls as the archive would have, without its thread: varied hosts, ids in
 * paths, a request id of its own in every call, one body in ten of its own. Ten days end at `end`.
 */
export function fillStore(
  dataDir: string,
  count: number,
  end: number,
  progress: (done: number) => void = () => {},
): void {
  const random = createRandom(11);
  const kinds = Array.from({ length: KINDS }, (_, index) =>
    makeCall(index + 1, { random, startedAt: 1_000_000 }).reduce<CallRecord | null>(fold, null)!,
  );
  const store = openStore({
    dataDir,
    budgets: { ...DEFAULT_BUDGETS, bodyBytes: 1e12, callBytes: 1e12 },
    log: () => {},
    now: () => end / 1000,
  });
  const span = 10 * 86_400_000_000;
  const shared = Array.from({ length: 500 }, () =>
    Buffer.from(JSON.stringify({ data: random.id(40), list: Array.from({ length: 10 }, () => random.below(1e6)) })),
  );
  for (let id = 1; id <= count;) {
    const batch: Batch = { open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 0 };
    for (let i = 0; i < BATCH && id <= count; i += 1, id += 1) {
      const kind = kinds[(id * 7919) % KINDS]!;
      const record: CallRecord = {
        ...kind,
        id,
        startedAt: end - span + Math.floor((id / count) * span),
        request: { ...kind.request },
        response: { ...kind.response },
        responseLines:
          kind.responseLines === ''
            ? ''
            : `${kind.responseLines}X-Bench-Id: b${id.toString(36)}-${((id * 2_654_435_761) % 4_294_967_296).toString(16)}\r\n`,
        path: id % 3 === 0 ? `${kind.path}/${((id * 40_503) % 16_777_216).toString(36)}` : kind.path,
      };
      if (id % 2 === 0) {
        const body =
          id % 20 === 0
            ? Buffer.from(
                `{"id":"obj_${((id * 2_654_435_761) % 4_294_967_296).toString(36)}","n":${id},"text":"${random.id(120)}"}`,
              )
            : shared[id % shared.length]!;
        const kept = store.bodyFor(body, false, null);
        if (kept.fresh)
          batch.bodies.push({ id: kept.id, bytes: body, digest: kept.digest, redacted: false, coding: null });
        attachBody(record, 'response', { captured: kept.id, capturedBytes: body.length, decodedBytes: body.length });
      }
      batch.closed.push(record);
      batch.callHigh = id;
    }
    store.commit(batch, id % 50_000 < BATCH || id > count);
    if (id % 100_000 < BATCH) progress(id);
  }
  store.settle();
  while (store.indexNext());
  store.close();
}
