import { expect, it } from 'vitest';
import { createCoverage } from '../../../../electron/engine/capture/coverage/coverage.ts';
import type { CoverageOptions } from '../../../../electron/engine/capture/coverage/coverage.ts';
import type { CoverageReport, CoverageSum } from '../../../../electron/engine/store/coverage-rows.ts';
import type { SampledConnection } from '../../../../electron/engine/capture/identity/messages.ts';

const NOTHING = { around: 0, neverCaptured: 0, neverCapturedApps: 0, passThrough: 0, pinned: 0, bodiesShed: 0, callsLost: 0, agentDrops: 0 };
const span = { since: 0, until: 2e15 };

/** Coverage of a machine on which so many connections came through the proxy; adds up what it is given to store. */
function watch(given: Partial<CoverageOptions> & { connections?: number }) {
  const reports: CoverageReport[] = [];
  const seen = (): number => reports.reduce((sum, { counts }) => sum + (counts.seen ?? 0), 0);
  const sum = (): CoverageSum => ({ share: seen() > 0 ? 1 : null, parts: { ...NOTHING, seen: seen() } });
  const counted = { connections: 0, bodiesShed: 0, callsLost: 0, agentDrops: 0 };
  const coverage = createCoverage({
    sample: async () => [],
    counters: () => ({ ...counted }),
    openConnections: () => 0,
    takeSeen: () => [],
    proxyPorts: () => [],
    doors: () => [],
    hasAgent: () => false,
    program: 'sallyport',
    ownPids: [],
    now: () => 1e15,
    log: () => {},
    ...given,
    store: {
      add: async (report) => void reports.push(report),
      coverage: async () => sum(),
      coverageHours: async () => [],
      notSeen: async () => ({ notSeen: [], more: false }),
      ...given.store,
    },
  });
  counted.connections = given.connections ?? 0;
  const apps = (): Record<string, number> => {
    const sums: Record<string, number> = {};
    for (const report of reports)
      for (const { app, seen: more } of report.apps ?? []) sums[app] = (sums[app] ?? 0) + more;
    return sums;
  };
  return { coverage, reports, apps };
}

it('answers from what is counted, however long a look takes', async () => {
  const never = new Promise<SampledConnection[] | null>(() => {});
  const { coverage } = watch({ connections: 3, sample: () => never });
  expect(await coverage.get(span)).toMatchObject({ share: 1, parts: { seen: 3 } });
  expect(await coverage.hours(span)).toEqual([]);
  expect(await coverage.notSeen({ ...span, limit: 10 })).toEqual({ notSeen: [], more: false });
  expect(await coverage.notSeen({ ...span, run: '00112233', limit: 10 })).toEqual({ notSeen: [], more: false });
  await coverage.stop();
});

it('answers while the recorder is busy', async () => {
  const { coverage } = watch({
    connections: 3,
    store: {
      add: () => new Promise(() => {}),
      coverage: async () => ({ share: 0.5, parts: { ...NOTHING, seen: 1, around: 1 } }),
      coverageHours: async () => [],
      notSeen: async () => ({ notSeen: [], more: false }),
    },
  });
  expect(await coverage.get(span)).toMatchObject({ share: 0.5 });
});

it('counts what came this way under the names that calls are recorded with', async () => {
  let seen = [
    { process: '7@1', app: 'shop' },
    { process: '8@1', app: 'node' },
    { process: '9@1', app: 'node' },
    { process: null, app: null },
  ];
  const { coverage, apps } = watch({ connections: 4, takeSeen: () => seen.splice(0) });
  coverage.agent('9@1', 'billing');
  await coverage.get(span);
  expect(apps()).toEqual({ shop: 1, node: 1, billing: 1 });
  seen = [{ process: '7@1', app: 'shop' }];
  await coverage.get(span);
  expect(apps()).toEqual({ shop: 2, node: 1, billing: 1 });
  await coverage.stop();
});

it('counts direct connections of a program that carries the agent as its own', async () => {
  const direct: SampledConnection = {
    remote: { address: '192.0.2.1', port: 443 },
    over: false,
    process: { key: '9@1', app: 'node' },
    lineage: [],
    pointed: null,
  };
  const { coverage, apps } = watch({ sample: async () => [direct], hasAgent: (pid) => pid === 9 });
  coverage.agent('9@1', 'billing');
  await coverage.notSeen({ ...span, run: '00112233', limit: 10 });
  await coverage.get(span);
  expect(apps()['billing']).toBeGreaterThan(0);
  await coverage.stop();
});
