import { describe, expect, it, onTestFinished } from 'vitest';
import type { Identified } from '../../../shared/events/call-event.ts';
import { processKey } from '../../../shared/model/caller.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { createDataDir, startRecorder } from '../../harness/recorder.ts';
import type { Recorder } from '../../harness/recorder.ts';
import { identityOf } from './samples.ts';

const MINUTE = 60_000_000;
const START = 29_900_000 * MINUTE;
const span = { since: START, until: START + 10 * MINUTE };

async function start(): Promise<Recorder> {
  const recorder = await startRecorder(createDataDir(onTestFinished));
  onTestFinished(() => recorder.stop());
  return recorder;
}

const byAgent = (call: number): Identified => ({
  type: 'identified',
  call,
  by: 'agent',
  app: null,
  process: null,
  unknown: null,
  site: null,
  trace: null,
  tags: null,
});

describe('apps', () => {
  it('tells of each what it did in the span, and when it was seen at all', async () => {
    const { archive, reader, record } = await start();
    const node = identityOf({ pid: 7, name: 'node', user: 'ada', command: 'node pay.mjs' });
    const curl = { ...identityOf({ pid: 8, name: 'curl', user: 'ada', command: 'curl x' }), project: null };
    for (const identity of [curl, node]) archive.noteProcess(processKey(identity), identity);
    const at = (minute: number) => ({ startedAt: START + minute * MINUTE + 5 });
    record({ opened: { ...at(-100), app: 'shop', host: 'old.example', process: processKey(curl) } });
    record({ opened: { ...at(1), app: 'shop', host: 'a.example', process: processKey(node) } });
    record({
      opened: { ...at(2), app: 'shop', host: 'a.example', process: processKey(node) },
      answered: { status: 404 },
    });
    const seen = record({ opened: { ...at(3), app: 'shop', host: 'b.example', process: processKey(node) } });
    archive.emit(byAgent(seen));
    record({ opened: { ...at(3), app: 'reports' } });
    record({ opened: { ...at(3), app: null } });
    await archive.work('coverage', {
      at: START,
      counts: { seen: 9, around: 2 },
      apps: [{ app: 'shop', seen: 9 }],
      notSeen: [],
    });
    await archive.flush();
    const { apps, unnamed } = await reader.listApps(span);
    expect(unnamed).toBe(1);
    expect(apps).toEqual([
      {
        name: 'shop',
        names: ['shop'],
        calls: 3,
        errors: 1,
        hosts: 2,
        topHosts: [
          { host: 'a.example', calls: 2 },
          { host: 'b.example', calls: 1 },
        ],
        firstSeen: START - 100 * MINUTE,
        lastSeen: START + 3 * MINUTE,
        processes: ['node', 'curl'],
        project: node.project,
        agent: true,
        coverage: { seen: 9, notSeen: 0 },
      },
      expect.objectContaining({
        name: 'reports',
        calls: 1,
        agent: false,
        processes: [],
        project: null,
        coverage: null,
      }),
    ]);
  });

  it('are shown, counted, found and sorted under the names people gave them, at once and in turn', async () => {
    const { archive, reader, record } = await start();
    for (const app of ['node', 'shop-worker', 'reports', null])
      for (let minute = 1; minute < 4; minute += 1) record({ opened: { startedAt: START + minute * MINUTE, app } });
    await archive.flush();
    reader.setAppNames({ node: 'Zebra', 'shop-worker': 'Zebra' });
    const app = (pattern: string): QueryTree => ({ op: 'text', field: 'app', pattern });
    const count = async (tree: QueryTree): Promise<number> =>
      (await reader.listCalls({ tree, limit: 100 })).calls.length;
    expect(await count(app('zebra'))).toBe(6);
    expect(await count(app('node'))).toBe(0);
    expect((await reader.listCalls({ tree: app('Zebra'), limit: 1 })).calls[0]?.app).toBe('Zebra');
    expect((await reader.histogram({ tree: app('Zebra'), ...span, steps: 5 })).matched).toBe(6);
    const facets = await reader.facets({ tree: null, ...span, fields: ['app'], limit: 10 });
    expect(facets.facets[0]?.values).toEqual([
      { value: 'Zebra', calls: 6 },
      { value: null, calls: 3 },
      { value: 'reports', calls: 3 },
    ]);
    expect((await reader.overview(span))?.apps.map((one) => [one.app, one.calls])).toEqual(
      expect.arrayContaining([
        ['Zebra', 6],
        ['reports', 3],
      ]),
    );
    const sorted = await reader.listCalls({ tree: null, limit: 7, sort: 'app', descending: true });
    expect(sorted.calls.map((call) => call.app)).toEqual([
      ...Array<string>(3).fill('reports'),
      ...Array<string>(4).fill('Zebra'),
    ]);
    expect((await reader.listApps(span)).apps.map(({ name, names, calls }) => [name, names, calls])).toEqual([
      ['Zebra', ['node', 'shop-worker'], 6],
      ['reports', ['reports'], 3],
    ]);
    expect((await reader.getCall(1))?.app).toBe('Zebra');
    reader.setAppNames({});
    expect(await count(app('node'))).toBe(3);
    expect((await reader.listApps(span)).apps).toHaveLength(3);
  });
});
