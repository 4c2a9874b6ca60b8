import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArchive } from '../../electron/engine/archive/archive.ts';
import { createRedactor } from '../../shared/redaction/redactor.ts';
import { DEFAULT_BUDGETS, openStore } from '../../electron/engine/store/store.ts';
import { makeCallers } from './filled-store.ts';
import type { CallRecord } from '../../shared/events/fold.ts';
import { fold, meter } from '../../shared/events/fold.ts';
import { makeMetering } from '../harness/store/metered.ts';
import { createRandom, makeCall } from '../harness/store/traffic.ts';
import type { Row } from './row.ts';
import { printRows } from './row.ts';

/** P8: bytes on disk per call, and how fast bodies are searched for secrets before they are stored. */

const CALLS = 60_000;

async function fill(dataDir: string, body: number, pauseEvery: number, called = false): Promise<{ bodyBytes: number }> {
  const archive = await createArchive({ dataDir, log: (line) => console.error(line) });
  const random = createRandom(3);
  const begin = Date.now() * 1000;
  let bodyBytes = 0;
  const callers = makeCallers(createRandom(4));
  for (let i = 0; i < CALLS; i += 1) {
    for (const fact of makeCall(archive.nextCallId(), { random, startedAt: begin + i * 5000, body })) {
      if (fact.type === 'response-data' || fact.type === 'request-data') bodyBytes += fact.data.byteLength;
      archive.emit(fact);
    }
    if (called) {
      const call = i + 1;
      for (const [key, identity] of callers.next(call, 1)) archive.noteProcess(key, identity);
      const { process, site, trace, tags, byAgent } = callers.of(call);
      const by = byAgent ? 'agent' : 'socket';
      archive.emit({ type: 'identified', call, by, app: null, process, unknown: null, site, trace, tags });
    }
    if (i % pauseEvery === pauseEvery - 1) await archive.flush();
  }
  await archive.stop();
  // As it is after a quiet moment: with the search filters.
  const store = openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: Date.now });
  while (store.indexNext());
  store.close();
  return { bodyBytes };
}

/** Calls with all that is read out of them: `llm` of models' vendors only, else of any. */
function fillMetered(dataDir: string, llm: boolean, batchOf: number): void {
  const store = openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: Date.now });
  const random = createRandom(3);
  const begin = Date.now() * 1000;
  let closed: CallRecord[] = [];
  for (let id = 1, startedAt = begin; id <= CALLS; startedAt += 5000) {
    const record = makeCall(id, { random, startedAt }).reduce<CallRecord | null>(fold, null)!;
    if (llm && record.host !== 'api.openai.com') continue;
    meter(record, makeMetering(record, random));
    closed.push(record);
    if (closed.length === batchOf || id === CALLS) {
      store.commit({ open: [], closed, gaps: [], bodies: [], messages: [], callHigh: id }, id % 999 < batchOf);
      closed = [];
    }
    id += 1;
  }
  store.settle();
  while (store.indexNext());
  store.close();
}

async function withFolder<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-storage-'));
  try {
    return await work(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const sizeOf = (dataDir: string, name: string): number => statSync(join(dataDir, name)).size;

/** Megabytes a second of JSON searched for secrets, the best of several rounds. */
function redactionSpeed(): number {
  const redactor = createRedactor({ fingerprint: () => '00000000' });
  const random = createRandom(5);
  const json = JSON.stringify(
    Array.from({ length: 4000 }, () => ({
      id: `obj_${random.id(14)}`,
      created: 1795000000 + random.below(1e6),
      amount: random.below(1e5),
      currency: 'eur',
      description: `Order ${random.below(1e5)} for "things" & stuff`,
      url: `https://example.com/orders/${random.id(20)}?page=2`,
      nested: { name: 'Jane Doe', email: 'jane@example.com', status: 'active', hash: random.hex(32) },
    })),
  );
  const text = Buffer.from(json, 'latin1').toString('latin1');
  let best = 0;
  for (let round = 0; round < 20; round += 1) {
    const begin = performance.now();
    redactor.body(text, 'application/json', false);
    best = Math.max(best, text.length / 1000 / (performance.now() - begin));
  }
  return best;
}

export async function run(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [what, pauseEvery, called] of [
    ['under load', 1000, false],
    ['a few calls at a time', 3, false],
    ['who called learnt late for every call, a third with an agent', 3, true],
  ] as const) {
    rows.push(
      await withFolder(async (dataDir) => {
        await fill(dataDir, 0, pauseEvery, called);
        const perCall = sizeOf(dataDir, 'calls.db') / CALLS;
        return {
          id: 'P8',
          what: `storage per call without bodies, ${what}`,
          figure: `${perCall.toFixed(0)} bytes (rows, headers, summaries, search filters, rollups)`,
          target: '≤ 400 bytes',
          met: perCall <= 400,
        };
      }),
    );
  }
  for (const [what, llm, batchOf] of [
    ['endpoints, credentials, a fifth metered, under load', false, 1000],
    ['of models only: usage, cost and limits of each, under load', true, 1000],
    ['of models only, a few calls at a time', true, 3],
  ] as const) {
    rows.push(
      await withFolder(async (dataDir) => {
        fillMetered(dataDir, llm, batchOf);
        const perCall = sizeOf(dataDir, 'calls.db') / CALLS;
        return {
          id: 'P8',
          what: `storage per call without bodies, ${what}`,
          figure: `${perCall.toFixed(0)} bytes`,
          target: '≤ 400 bytes',
          met: perCall <= 400,
        };
      }),
    );
  }
  rows.push(
    await withFolder(async (dataDir) => {
      const { bodyBytes } = await fill(dataDir, 1400, 1000);
      const stored = sizeOf(dataDir, 'bodies.db');
      return {
        id: 'P8',
        what: 'bodies that all differ (JSON, 1.4 kB)',
        figure: `${(bodyBytes / CALLS).toFixed(0)} bytes a call stored in ${(stored / CALLS).toFixed(0)} (${(bodyBytes / stored).toFixed(1)}×)`,
        target: '',
        met: null,
      };
    }),
  );
  const speed = redactionSpeed();
  rows.push({
    id: 'P8',
    what: 'searching JSON for secrets',
    figure: `${speed.toFixed(0)} MB/s`,
    target: '≥ 100 MB/s',
    met: speed >= 100,
  });
  return rows;
}

if (import.meta.main) printRows(await run());
