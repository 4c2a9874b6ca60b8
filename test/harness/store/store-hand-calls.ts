import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import { fold, meter, type CallRecord } from '../../../shared/events/fold.ts';
import { usageOf, type HandCall } from '../../fixtures/cost-rows.ts';
import { factsOf } from '../recorder.ts';

/** Writes calls made by hand into a real store, as the archive would. `headers`: of their answers, by number. */
export function storeHandCalls(
  dataDir: string,
  calls: readonly HandCall[],
  headers: ReadonlyMap<number, string> = new Map(),
): void {
  const now = Math.max(0, ...calls.map(({ startedAt }) => startedAt)) / 1000 + 60_000;
  const store = openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: () => now });
  const bodies: { id: number; bytes: Buffer; digest: string; redacted: boolean; coding: string | null }[] = [];
  const bodyOf = (text: string): number => {
    const bytes = Buffer.from(text);
    const { id, digest, fresh } = store.bodyFor(bytes, false, null);
    if (fresh) bodies.push({ id, bytes, digest, redacted: false, coding: null });
    return id;
  };
  const closed = calls.map((call): CallRecord => {
    const { app, host, path, method, status, startedAt, tags, endpoint, credential, costNanoUsd, provenance } = call;
    const record = factsOf(call.id, {
      opened: { startedAt, host, app, method, target: path, tags },
      ...(status !== null && {
        answered: { status, ...(headers.has(call.id) && { headers: headers.get(call.id) ?? '' }) },
      }),
      closed: { responseBytes: 1000 },
    })
      .filter(({ type }) => status !== null || type !== 'answered')
      .reduce<CallRecord | null>((folded, fact) => fold(folded, fact), null)!;
    if (call.requestBody !== null) record.request.captured = bodyOf(`prompt ${call.requestBody}`);
    record.response.captured = bodyOf(`the answer of ${path}`);
    const metered = costNanoUsd !== undefined;
    meter(record, {
      endpoint,
      credential,
      usage: metered ? usageOf(call) : null,
      cost: metered
        ? {
            nanoUsd: costNanoUsd,
            provenance: costNanoUsd === null ? 'none' : provenance,
            price: null,
            priceVersion: null,
            lines: [],
            vendorNanoUsd: null,
            why: null,
          }
        : null,
    });
    return record;
  });
  store.commit(
    { open: [], closed, gaps: [], bodies, messages: [], callHigh: Math.max(0, ...calls.map(({ id }) => id)) + 1 },
    true,
  );
  store.settle();
  store.close();
}
