// The built pages behind the real door, with an engine that says what a test wants it to: for what takes a machine days
// to see, and for thousands of apps.
import type { Page } from 'playwright';
import { createLeases } from '../../electron/api/leases.ts';
import type { CoverageFace } from '../../electron/api/coverage-face.ts';
import { NOTHING_COVERED } from '../../electron/engine/capture/coverage/stored-coverage.ts';
import { openWorkspaceHost } from '../../electron/hosts/workspace-host.ts';
import type { Coverage, NotSeen } from '../../shared/contract/coverage.ts';
import { compileFilter } from '../../shared/query/evaluate.ts';
import type { Call } from '../../shared/model/call.ts';
import { createAppRegister } from './app-register.ts';
import type { AppRegister } from './app-register.ts';
import { createMapScript } from './map-script.ts';
import type { MapScript } from './map-script.ts';
import { createCostScript } from './cost-script.ts';
import type { CostScript } from './cost-script.ts';
import { createPolicyScript } from './policy-script.ts';
import type { PolicyScript } from './policy-script.ts';
import { createReplayScript } from './replay-script.ts';
import type { ReplayScript } from './replay-script.ts';
import { createVendorScript } from './vendor-script.ts';
import type { VendorScript } from './vendor-script.ts';
import { createStubEngine } from '../fixtures/stub-engine.ts';
import type { StubEngine } from '../fixtures/stub-engine.ts';
import { summaryOf } from '../fixtures/calls.ts';
import { createPages, type Look } from './open-page.ts';

export interface Scripted {
  engine: StubEngine;
  apps: AppRegister;
  /** The map, its vendors and its exports. */
  map: MapScript;
  /** What is said of the map’s vendors. */
  vendors: VendorScript;
  costs: CostScript;
  policies: PolicyScript;
  replay: ReplayScript;
  /** What the coverage page is told from now on. */
  cover(coverage: Coverage, notSeen: readonly NotSeen[], hours?: readonly HourOfCoverage[]): void;
  put(calls: readonly Call[]): void;
  open(at?: string, look?: Look): Promise<Page>;
  stop(): Promise<void>;
}
export type HourOfCoverage = Omit<Coverage, 'sampler'> & { start: number };

export async function startScripted(): Promise<Scripted> {
  const stub = createStubEngine();
  const apps = createAppRegister();
  const map = createMapScript();
  const vendors = createVendorScript(map);
  const costs = createCostScript();
  const policies = createPolicyScript();
  const replay = createReplayScript(stub);
  const calls: Call[] = [];
  const listeners = new Set<(coverage: Coverage) => void>();
  let said: { coverage: Coverage; notSeen: readonly NotSeen[]; hours: readonly HourOfCoverage[] } | null = null;
  const nothing: Coverage = { ...NOTHING_COVERED, sampler: { works: true, why: null } };
  const coverage: CoverageFace = {
    get: () => Promise.resolve(said?.coverage ?? nothing),
    hours: () => Promise.resolve([...(said?.hours ?? [])]),
    notSeen: ({ app }) => {
      const list = (said?.notSeen ?? []).filter((one) => app === undefined || one.app === app);
      return Promise.resolve({ notSeen: list, more: false });
    },
    onChanged(listener) {
      listeners.add(listener);
      listener(said?.coverage ?? nothing);
      return () => listeners.delete(listener);
    },
  };
  const engine: StubEngine = {
    ...stub,
    apps: apps.face,
    map: map.map,
    vendors: vendors.face,
    costs: costs.face,
    policies: policies.face,
    replay: replay.face,
    coverage,
    reader: {
      ...stub.reader,
      async facets({ tree, fields, limit }) {
        const passes = compileFilter(tree);
        const found = calls.filter((call) => passes(summaryOf(call), { headers: () => [], bodies: () => [] }));
        return {
          counted: found.length,
          complete: true,
          facets: fields.map((field) => {
            const counts = new Map<string | null, number>();
            for (const call of found) counts.set(valueOf(call, field), (counts.get(valueOf(call, field)) ?? 0) + 1);
            const values = [...counts]
              .map(([value, count]) => ({ value, calls: count }))
              .toSorted((a, b) => b.calls - a.calls);
            return {
              field,
              values: values.slice(0, limit),
              others: values.slice(limit).reduce((sum, one) => sum + one.calls, 0),
            };
          }),
        };
      },
    },
  };
  const host = await openWorkspaceHost({
    doors: { engine, leases: createLeases(), shutdown: null },
    port: 0,
    token: ['a', 'token', 'of', 'a', 'test'].join('-'),
    log: () => {},
  });
  const pages = createPages(host.link);
  const complaints: string[] = [];
  return {
    engine,
    apps,
    map,
    vendors,
    costs,
    policies,
    replay,
    cover(now, notSeen, hours = []) {
      said = { coverage: now, notSeen, hours };
      for (const listener of listeners) listener(now);
    },
    put(more) {
      calls.push(...more);
      for (const call of more) stub.put(call);
    },
    open: (at = '', look = {}) =>
      pages.open(at, look, (page) => page.on('pageerror', (error) => complaints.push(error.stack ?? error.message))),
    async stop() {
      await pages.close();
      await host.close();
      if (complaints.length > 0) throw new Error(`The pages complained:\n${complaints.join('\n')}`);
    },
  };
}

function valueOf(call: Call, field: string): string | null {
  const { process } = call;
  if (field === 'process') return process?.name ?? null;
  if (field === 'user') return process?.user ?? null;
  if (field === 'status') return call.status === null ? null : String(call.status);
  const value: unknown = (summaryOf(call) as unknown as Record<string, unknown>)[field];
  return typeof value === 'string' ? value : null;
}
