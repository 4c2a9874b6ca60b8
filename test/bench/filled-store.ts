import type { CallRecord } from '../../shared/events/fold.ts';
import type { Metering } from '../../shared/model/metering.ts';
import { attachBody, fold, meter } from '../../shared/events/fold.ts';
import { DEFAULT_BUDGETS, openStore } from '../../electron/engine/store/store.ts';
import type { Batch } from '../../electron/engine/store/store.ts';
import { processKey } from '../../shared/model/caller.ts';
import type { CallSite, ProcessIdentity } from '../../shared/model/caller.ts';
import { makeMetering } from '../harness/store/metered.ts';
import { createRandom, makeCall } from '../harness/store/traffic.ts';
import type { Random } from '../harness/store/traffic.ts';

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
  // Names of endpoints are those of the kinds; what was used differs from call to call.
  const meterings = kinds.map((kind) => makeMetering(kind, random));
  const metering = (record: CallRecord, id: number): Metering => {
    const like = meterings[(id * 7919) % KINDS]!;
    if (like.usage === null) return like;
    const { usage, cost, limits } = makeMetering({ ...record, path: kinds[(id * 7919) % KINDS]!.path }, random);
    return { ...like, usage, cost, limits };
  };
  const callers = makeCallers(random);
  const shared = Array.from({ length: 500 }, () =>
    Buffer.from(JSON.stringify({ data: random.id(40), list: Array.from({ length: 10 }, () => random.below(1e6)) })),
  );
  for (let id = 1; id <= count;) {
    const batch: Batch = {
      open: [],
      closed: [],
      gaps: [],
      bodies: [],
      messages: [],
      processes: callers.next(id),
      callHigh: 0,
    };
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
        ...callers.of(id),
        path: id % 3 === 0 ? `${kind.path}/${((id * 40_503) % 16_777_216).toString(36)}` : kind.path,
      };
      meter(record, metering(record, id));
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

/** So many programs in all, some long-lived, most of a few calls; a third of the calls by programs with an agent. */
const PROCESSES = 20_000;
const SITES = 400;

/** Who called: processes that come and go, places in code, runs as tags, a trace of its own for each call with an agent. */
export function makeCallers(random: Random) {
  const identities = Array.from({ length: PROCESSES }, (_, index): ProcessIdentity => {
    const name = ['node', 'curl', 'python3', 'java'][index % 4]!;
    return {
      pid: 1000 + index,
      startedAt: 1_795_000_000_000_000 + index,
      name,
      executable: `/usr/bin/${name}`,
      command: `${name} ${index % 4 === 1 ? `https://example.com/${random.id(12)}` : `/srv/app-${index % 23}/server.mjs`}`,
      folder: `/srv/app-${index % 23}`,
      user: ['ada', 'kim', 'root'][index % 3]!,
      container: null,
      parents: [{ pid: 1, name: 'systemd' }],
      project: {
        kind: 'npm',
        name: `app-${index % 23}`,
        folder: `/srv/app-${index % 23}`,
        gitRemote: 'https://git.example/acme/app.git',
        gitBranch: 'main',
      },
    };
  });
  const sites = Array.from({ length: SITES }, (_, index): CallSite => {
    const file = `/srv/app-${index % 23}/src/${random.id(8)}.ts`;
    const owner = ['stripe', 'openai', '@aws-sdk/client-s3', null][index % 4]!;
    return {
      package: owner,
      callsite: `${file}:${index}`,
      frames: Array.from({ length: 8 }, (__, depth) => ({
        function: random.id(10),
        file: depth < 6 ? `/srv/app-${index % 23}/node_modules/${owner}/dist/${random.id(8)}.js` : file,
        line: random.below(900),
        column: random.below(80),
        package: depth < 6 ? owner : null,
        version: depth < 6 ? '17.5.0' : null,
      })),
    };
  });
  const processOf = (id: number): ProcessIdentity =>
    identities[id % 3 === 0 ? Math.floor(id / 40) % PROCESSES : (id * 7) % 60]!;
  return {
    of: (id: number): Pick<CallRecord, 'process' | 'site' | 'trace' | 'tags' | 'byAgent'> =>
      id % 3 === 1
        ? {
            process: processKey(processOf(id)),
            site: sites[(id * 31) % SITES]!,
            trace: { traceId: random.hex(32), spanId: random.hex(16) },
            tags: { run: `run-${Math.floor(id / 5000)}`, feature: ['pay', 'search', 'sync'][id % 5] ?? 'other' },
            byAgent: true,
          }
        : { process: processKey(processOf(id)), site: null, trace: null, tags: null, byAgent: false },
    /** Who is behind the processes of the next calls. */
    next(from: number, calls = BATCH): Map<string, ProcessIdentity> {
      const told = new Map<string, ProcessIdentity>();
      for (let id = from; id < from + calls; id += 1) told.set(processKey(processOf(id)), processOf(id));
      return told;
    },
  };
}
