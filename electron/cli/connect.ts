import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createEngineClient } from '../hosts/engine-client.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { isEngineLocked, readEngineFile } from '../hosts/engine-lock.ts';
import type { RunningEngine } from '../hosts/engine-lock.ts';
import { EXIT, Fault } from './fault.ts';
import { note } from './terminal.ts';
import { refusalFault } from './refusal-fault.ts';

/** The contract's client, and the engine behind it; null when a store is read without one. */
export interface Connection {
  client: EngineClient;
  engine: RunningEngine | null;
  close: () => Promise<void>;
}

/** Connects to the engine that runs on the data folder; null when none does. */
export async function connect(dataDir: string): Promise<Connection | null> {
  const engine = readEngineFile(dataDir);
  if (!engine) return null;
  const client = await createEngineClient(engine);
  // engine.json may be left over from a crash, and its port may be another program's by now.
  const answers = await client.system.info(undefined, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );
  return answers ? { client, engine, close: async () => {} } : null;
}

/** The same questions asked of a data folder without an engine: only what is stored. */
export async function openStoreOffline(dataDir: string): Promise<Connection> {
  const [
    { createRouterClient },
    { createApi },
    { storedCoverage },
    { createCostsFace },
    { withoutGovernor },
    { createReader },
    { openWhatIf },
    { openSettingsFace },
    { readApps },
    { createLedger },
    { workApart },
    { readPrices },
    { createExportFace },
    { ownVendors },
    { readVendors },
    { readVendorsOffline },
    { readStoredPolicies, readStoredSet },
    { createBudgetsFace },
    { withoutEngine },
    { createCollections, USUAL_FOLDER },
    { createEnvironments },
    { withoutMocks },
  ] = await Promise.all([
    import('@orpc/server'),
    import('../api/router.ts'),
    import('../engine/capture/coverage/stored-coverage.ts'),
    import('../engine/analytics/costs-face.ts'),
    import('../engine/govern/without-governor.ts'),
    import('../engine/analytics/reader.ts'),
    import('../engine/analytics/backtest/what-if-face.ts'),
    import('../engine/settings/settings-face.ts'),
    import('../engine/apps/apps.ts'),
    import('../engine/ledger/ledger.ts'),
    import('../engine/ledger/work-apart.ts'),
    import('../engine/ledger/prices-register.ts'),
    import('../engine/exports/export-face.ts'),
    import('../engine/vendors/declared.ts'),
    import('../engine/vendors/register.ts'),
    import('../engine/vendors/vendors.ts'),
    import('../engine/govern/register/stored-policies.ts'),
    import('../engine/analytics/budgets-face.ts'),
    import('../engine/replay/without-engine.ts'),
    import('../engine/replay/collections/collections-face.ts'),
    import('../engine/replay/environments/environments-face.ts'),
    import('../engine/mocks/without-mocks.ts'),
  ]);
  const reader = createReader({ dataDir });
  await reader.prepare().catch((error: unknown) => {
    throw refusalFault(error);
  });
  const settings = await openSettingsFace(dataDir);
  reader.setPlaces(settings.answer().settings.places.databases);
  const read = readApps(dataDir, reader, note);
  const apps = { list: read.list, changes: null };
  const pictures = readVendorsOffline({
    declared: readVendors(dataDir, () => {}),
    reader,
    apps: read.declared,
    now: () => Date.now() * 1000,
  });
  const theirVendors = ownVendors(readVendors(dataDir, () => {}).declared);
  const prices = readPrices(dataDir, note);
  const ledgerWork = workApart(() => ({
    dataDir,
    appNames: reader.appNames(),
    ownVendors: theirVendors,
    prices: prices.prices,
  }));
  const ledger = createLedger({
    work: ledgerWork,
    prices: () => prices,
    reader,
    ownVendors: () => theirVendors,
    writer: null,
    now: () => Date.now() * 1000,
  });
  const whatIf = openWhatIf({
    dataDir,
    words: reader,
    places: () => settings.answer().settings.places.databases,
    now: () => Date.now() * 1000,
  });
  const stored = await readStoredSet(dataDir, settings.answer().settings.policies.file, reader);
  const info = { version: '', pid: 0, startedAt: 0, dataDir, proxy: null, caPath: '' };
  const client: EngineClient = createRouterClient(
    createApi({
      engine: {
        info,
        reader,
        archive: null,
        capture: null,
        apps,
        coverage: storedCoverage(reader),
        costs: { ...createCostsFace(reader, read.declared, () => prices.prices), ...ledger },
        vendors: pictures.vendors,
        map: {
          get: pictures.map,
          ...createExportFace({ reader, apps: read.declared, now: () => Date.now() * 1000 }),
        },
        policies: {
          ...withoutGovernor(dataDir, reader, note),
          ...whatIf.face,
          ...(await readStoredPolicies(dataDir, settings.answer().settings.policies.file, reader)),
          ...createBudgetsFace({ reader, set: () => stored, gauges: null, now: () => Date.now() * 1000 }),
        },
        replay: withoutEngine(reader),
        environments: createEnvironments(dataDir, false).face,
        collections: createCollections({ folder: () => join(dataDir, USUAL_FOLDER), redact: null }),
        mocks: withoutMocks(dataDir),
        settings,
        jobs: null,
        preferences: null,
      },
      leases: null,
      shutdown: null,
    }),
  );
  return {
    client,
    engine: null,
    async close() {
      await whatIf.stop();
      await reader.stop();
    },
  };
}

/** The running engine, or else the store; a Fault when there is neither. */
export async function openCalls(dataDir: string): Promise<Connection> {
  const running = await connect(dataDir);
  if (running) return running;
  if (!existsSync(join(dataDir, 'calls.db'))) {
    throw new Fault(
      `Nothing is recorded in ${dataDir} yet. Send a first call through: sallyport run -- curl -s https://example.com/`,
      EXIT.failed,
    );
  }
  return openStoreOffline(dataDir);
}

/** The running engine, or a Fault that says how to start one. */
export async function connectOrFault(dataDir: string): Promise<Connection> {
  const running = await connect(dataDir);
  if (running) return running;
  const why = isEngineLocked(dataDir)
    ? 'An engine holds the folder but does not answer (it may be starting or stopping).'
    : 'No engine runs on it.';
  throw new Fault(`${dataDir}: ${why} Start one with: sallyport serve`, EXIT.engine);
}
