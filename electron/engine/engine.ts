import { homedir } from 'node:os';
import { createAttaching, type Attaching } from './attaching.ts';
import { createCostsFace } from './analytics/costs-face.ts';
import { openWhatIf } from './analytics/backtest/what-if-face.ts';
import { createReader, type Reader } from './analytics/reader.ts';
import type { Settings } from '../../shared/contract/settings.ts';
import { createApps, type Apps } from './apps/apps.ts';
import { openRegister } from './apps/register.ts';
import { createArchive, type Archive } from './archive/archive.ts';
import { archiveSettings, flagsOf, proxyChoice, wayOut } from './engine-settings.ts';
import { loadFingerprintKey } from './archive/fingerprint-key.ts';
import { openAuthority, type Authority } from './authority/root-ca.ts';
import { certificatesAt } from './authority/trust-bundle.ts';
import { trustedRoots } from './authority/trusted-roots.ts';
import { bundlesInForce } from './capture/attach/terminal-env.ts';
import { createAdmission } from './capture/proxy/admission.ts';
import type { ProxyListener } from './capture/proxy/listener.ts';
import { listenEverywhere, reachableAt } from './listening.ts';
import { createCoverage, type CoverageWatch } from './capture/coverage/coverage.ts';
import { watchTunnels } from './capture/coverage/watch-tunnels.ts';
import { createIdentity, type Identity } from './capture/identity/identity.ts';
import { createIngest, type Ingest } from './capture/ingest/ingest.ts';
import type { Decide } from './capture/ingest/verdicts.ts';
import type { Governor, GovernorSurroundings, PolicySet } from '../../shared/policies/governor.ts';
import type { Runner } from './capture/attach/run-tool.ts';
import { DEFAULT_LIMITS, type Limits, type Surroundings } from './capture/proxy/surroundings.ts';
import { wallMicroseconds } from './pipeline/clock.ts';
import { defaultPipeline } from './pipeline/default-pipeline.ts';
import { createConnector, matchesHost, type ClientCertificate, type ConnectTo } from './pipeline/forward/connect.ts';
import { createForward } from './pipeline/forward/forward.ts';
import { createOrigins } from './pipeline/forward/origins.ts';
import { createWork, type Work } from './jobs/work.ts';
import { openPreferences, type Preferences } from './settings/preferences.ts';
import { createRecording, type Recording } from './recording.ts';
import { openSettings, type SettingsHolder } from './settings/settings.ts';
import { faceOf, type SettingsFace } from './settings/settings-face.ts';
import { createLedger, type Ledger } from './ledger/ledger.ts';
import { workApart } from './ledger/work-apart.ts';
import { openPricesRegister } from './ledger/prices-register.ts';
import { createExportFace } from './exports/export-face.ts';
import { keepReplaying } from './replaying.ts';
import type { OwnVendor } from '../../shared/vendors/catalogue.ts';
import { mayBeMetered } from '../../shared/vendors/usage/may-be-metered.ts';
import { decideForAgents } from './govern/decide-for-agents.ts';
import { readHits } from './govern/decided.ts';
import { livePolicies, type LivePolicies } from './govern/live-face.ts';
import { keepGoverning, type Budgets, type KeptGoverning } from './governing.ts';
import { keepMetering } from './metering.ts';
import { keepMocking, type KeptMocking } from './mocking.ts';
import type { FilePolicies } from './govern/register/register-face.ts';
import { keepPolicies } from './keep-policies.ts';
import { correctionsOf, ownVendors } from './vendors/declared.ts';
import { openVendorRegister } from './vendors/register.ts';
import { createVendors } from './vendors/vendors.ts';
import type { GetMap, Vendors } from './vendors/vendors.ts';

export interface EngineOptions {
  dataDir: string;
  /** 0 = a free one. */
  proxyPort: number;
  version: string;
  connectTo?: readonly ConnectTo[];
  /** PEM texts of further roots trusted for origins. */
  upstreamCa?: readonly string[];
  clientCertificates?: readonly ClientCertificate[];
  /** Hosts whose TLS is not read: exact names or `*.suffix`. */
  passThrough?: readonly string[];
  /** How people start `sallyport` from any folder, and how they name this data folder to it; for what they copy. */
  command?: { program: readonly string[]; data: readonly string[] };
  /** Starts this machine's tools (settings, browsers); tests put another in its place. */
  tools?: { runner: Runner; platform: NodeJS.Platform };
  /** Where the chained proxy, and files of further trusted roots, are read from; `process.env` of the caller. */
  environment?: Record<string, string | undefined>;
  limits?: Partial<Limits>;
  /** Milliseconds: connecting (TCP and TLS each), silence before and within an answer. */
  timeouts?: { connect?: number; head?: number; body?: number };
  /** The settings, opened by who needs them before; else they are opened here, under the four below. */
  settings?: SettingsHolder;
  /** Where the proxy listens beside loopback, and who has to prove who they are. */
  access?: Partial<Pick<Settings['network'], 'listen' | 'requireIdentity'>>;
  /** Bytes of each body that are kept. */
  bodyLimit?: number;
  budgets?: Parameters<typeof createArchive>[0]['budgets'];
  /** Says of governed calls whether they may leave; all may when nobody says. */
  decide?: Decide;
  /** Policies in force from the start. */
  govern?: { set: PolicySet; create?: (set: PolicySet, around: GovernorSurroundings) => Governor };
  /** One line for whoever looks after the engine. */
  log?: (line: string) => void;
}

export interface Engine {
  readonly info: { version: string; pid: number; startedAt: number; dataDir: string; proxy: string; caPath: string };
  readonly archive: Archive;
  readonly reader: Reader;
  readonly authority: Authority;
  readonly proxy: ProxyListener;
  /** Who is at the other end of the proxy's connections. */
  readonly identity: Identity;
  readonly capture: Omit<Recording, 'close' | 'nextCallId'> &
    Pick<Attaching, 'test' | 'switchTarget' | 'openPort' | 'ca'> & { targets: Attaching['list'] };
  /** What agents inside of programs tell. */
  readonly agents: Pick<Ingest, 'place' | 'stats' | 'hasAgent' | 'onConnection'> & {
    /** A port of one of our doors: what programs ask there is no call of theirs. */
    leaveOut(port: number): void;
  };
  /** What programs do past us. */
  readonly coverage: Pick<CoverageWatch, 'get' | 'hours' | 'notSeen' | 'onChanged' | 'attached'>;
  readonly vendors: Vendors;
  readonly costs: ReturnType<typeof createCostsFace> & Omit<Ledger, 'countMonth'>;
  readonly map: { get: GetMap } & ReturnType<typeof createExportFace>;
  readonly policies: ReturnType<typeof openWhatIf>['face'] &
    FilePolicies &
    LivePolicies &
    Budgets &
    KeptGoverning['alerts'];
  readonly replay: ReturnType<typeof keepReplaying>['face'];
  readonly collections: ReturnType<typeof keepReplaying>['collections'];
  readonly environments: ReturnType<typeof keepReplaying>['environments'];
  readonly mocks: KeptMocking['face'];
  readonly settings: SettingsFace;
  readonly apps: Apps;
  readonly jobs: Work;
  readonly preferences: Preferences;
  /** Stops taking connections, lets running calls end for `graceMs`, commits everything, closes. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Composition root: builds the rooms, gives each what it needs, and stops them in the reverse
 * order. Rejects with the room's own error (port taken, folder not writable, CA unusable) after
 * closing what was already open.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir } = options;
  const log = options.log ?? (() => {});
  const startedAt = Date.now() * 1000;
  const authority = openAuthority({ dataDir, log });
  const settings = options.settings ?? (await openSettings({ dataDir, flags: flagsOf(options), log }));
  const environment = options.environment ?? {};
  let { passThrough } = settings.current.capture;
  let chooseProxy = proxyChoice(settings.current, environment);
  // Its thread starts while the recorder's does.
  const identity = createIdentity({
    emit: (fact) => archive.emit(fact),
    noteProcess(key, process) {
      archive.noteProcess(key, process);
      governing.noteProcess(key, process.name);
      coverage.process(key, process);
    },
    onCaller: (key) => coverage.caller(key),
    home: homedir(),
    fingerprintKey: loadFingerprintKey(dataDir),
    redaction: settings.current.redaction,
    log,
  });
  const priceRegister = openPricesRegister({ dataDir, log });
  const archive = await createArchive({ dataDir, log, ...archiveSettings(settings.current) }).catch(
    async (error: unknown) => {
      await identity.stop();
      throw error;
    },
  );
  await identity.ready;

  const governing = keepGoverning({
    given: options.govern,
    dataDir,
    archive,
    fingerprintKey: loadFingerprintKey(dataDir),
    redaction: settings.current.redaction,
    log,
  });
  const mocking = keepMocking({ dataDir, recorded: () => archive.flush().then(() => reader) });
  let port = 0;
  const isOwnPort = (asked: number): boolean => asked === port || attaching.isOwnPort(asked);
  let roots: string[] | null = null;
  const connector = createConnector({
    connectTo: options.connectTo ?? [],
    trusted: () =>
      (roots ??= trustedRoots([
        ...(options.upstreamCa ?? []),
        // What the programs of this environment trust, their calls may go to.
        ...bundlesInForce(options.environment ?? {}).flatMap((path) => certificatesAt(path, log)),
      ])),
    clientCertificates: options.clientCertificates ?? [],
    chooseProxy: (scheme, host, originPort) => chooseProxy(scheme, host, originPort),
    connectTimeout: options.timeouts?.connect ?? 30_000,
    isOwnPort,
    ownOrigin: () => attaching.ownOrigin,
  });
  const connect: typeof connector.connect = async (way, signal) => {
    const connected = await connector.connect(way, signal);
    // A chained proxy's address is not the host's.
    if (connected.facts.remoteAddress !== null && connected.facts.via === null)
      coverage.connectedTo(connected.facts.remoteAddress, way.host);
    return connected;
  };
  const origins = createOrigins(connect);
  const forward = createForward({
    origins,
    // As long as the slowest honest answers: models think for minutes before their first byte.
    headTimeout: options.timeouts?.head ?? 15 * 60_000,
    bodyTimeout: options.timeouts?.body ?? 15 * 60_000,
  });
  const recording = createRecording({
    archive,
    dataDir,
    budgetBytes: () => settings.current.retention.callBytes + settings.current.retention.bodyBytes,
    coverage: () => coverage.share,
  });
  let ingest: Ingest | null = null;
  const ignoreSettings = settings.onChanged((next, before) => {
    archive.configure(archiveSettings(next));
    identity.configure(next.redaction);
    governing.redact(next.redaction);
    replaying.redact(next.redaction);
    passThrough = next.capture.passThrough;
    if (next.network.requireIdentity === 'everywhere' && before.network.requireIdentity !== 'everywhere') {
      // What follows the system's setting can prove nothing: it would all be refused from now on.
      attaching
        .switchTarget('system-proxy', false)
        .catch((error: unknown) => log(`The system’s proxy: ${String(error)}`));
    }
    if (JSON.stringify(next.places) !== JSON.stringify(before.places)) reader.setPlaces(next.places.databases);
    ingest?.tellAgents();
    if (wayOut(next) === wayOut(before)) return;
    chooseProxy = proxyChoice(next, environment);
    origins.retireAll();
  });
  const reader = createReader({ dataDir });
  reader.setPlaces(settings.current.places.databases);
  const places = (): readonly string[] => settings.current.places.databases;
  const whatIf = openWhatIf({ dataDir, words: reader, places, now: wallMicroseconds });
  const jobs = createWork({ reader, archive, dataDir, version: options.version, log });
  const isRequired = (): boolean => settings.current.network.requireIdentity === 'everywhere';
  const register = openRegister({ dataDir, now: wallMicroseconds, log });
  const admission = createAdmission(register, isRequired, log);
  const { listen } = settings.current.network;
  const apps = createApps({ register, seen: reader, proxyAt: () => reachableAt(listen, port) });
  const vendorRegister = openVendorRegister({ dataDir, log });
  let theirVendors: readonly OwnVendor[] = [];
  const pictures = createVendors({
    register: vendorRegister,
    reader,
    apps: apps.declared,
    onDeclared(declared) {
      theirVendors = ownVendors(declared);
      governing.declare(declared);
      archive.configureMetering({ ownVendors: theirVendors, corrections: correctionsOf(declared) });
    },
    now: wallMicroseconds,
  });
  const ledgerWork = workApart(() => ({
    dataDir,
    appNames: reader.appNames(),
    ownVendors: theirVendors,
    prices: priceRegister.now.prices,
  }));
  const ledger = createLedger({
    work: ledgerWork,
    prices: () => priceRegister.now,
    reader,
    ownVendors: () => theirVendors,
    writer: {
      flush: archive.flush,
      reprice: (changes) => archive.work('reprice', changes),
      addRepricing: (record) => archive.work('addRepricing', record),
    },
    now: wallMicroseconds,
  });
  governing.warmBy(whatIf.warm);
  const policyFile = await keepPolicies({
    dataDir,
    file: settings.current.policies.file,
    archive,
    reader: { ...reader, hits: (span) => readHits(reader, span, governing.live.faults) },
    live: options.govern ? null : governing.live,
    log,
  });
  const metering = keepMetering({ archive, ledger, prices: priceRegister, log });
  const doors: number[] = [];
  const around: Surroundings = {
    admission,
    dispatch: defaultPipeline(forward.dispatch, {
      emit: archive.emit,
      get bodyLimit() {
        return archive.bodyLimit;
      },
      readsAll: mayBeMetered,
      governing: governing.live,
      mocking: mocking.live,
    }),
    connect,
    governing: governing.live,
    emit(event) {
      seeTunnel(event);
      archive.emit(event);
    },
    nextCallId: recording.nextCallId,
    identify: identity.identify,
    authority,
    isPassThrough: (host) => passThrough.some((pattern) => matchesHost(pattern, host)),
    isOwnPort,
    get bodyLimit() {
      return archive.bodyLimit;
    },
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    onBug: (error) => log(`fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  };
  const replaying = keepReplaying({ archive, reader, dataDir, around, redaction: settings.current.redaction });
  const attaching = createAttaching({
    dataDir,
    archive,
    authority,
    reader: () => reader,
    proxyPort: () => port,
    agentPlace: () => ingest?.place ?? null,
    proxyAround: () => around,
    secret: () => register.local.forEngine,
    identityRequired: isRequired,
    isPaused: () => recording.paused,
    hasWayOut: () => chooseProxy('https', 'example.com', 443) !== null,
    onPorts: () => ingest?.tellAgents(),
    command: options.command ?? { program: ['sallyport'], data: ['--data', dataDir] },
    environment,
    runner: options.tools?.runner,
    platform: options.tools?.platform,
    log,
  });
  const coverage = createCoverage({
    sample: identity.sample,
    counters() {
      const { shedBodies, shedCalls, pausedCalls } = archive.health();
      return {
        connections: identity.connectionsSoFar,
        bodiesShed: shedBodies,
        callsLost: shedCalls + pausedCalls,
        agentDrops: ingest?.stats().drops.calls ?? 0,
      };
    },
    openConnections: () => identity.connections,
    takeSeen: identity.takeSeen,
    store: {
      add: (report) => archive.work('coverage', report),
      coverage: reader.coverage,
      coverageHours: reader.coverageHours,
      notSeen: reader.notSeen,
    },
    proxyPorts: () => [port, ...attaching.ports],
    doors: () => doors,
    hasAgent: (pid) => ingest?.hasAgent(pid) ?? false,
    program: options.command?.program.join(' ') ?? 'sallyport',
    // Under the desktop app the engine is a process of its own, and the app's is its parent.
    ownPids: process.versions['electron'] === undefined ? [process.pid] : [process.pid, process.ppid],
    now: wallMicroseconds,
    log,
  });
  const seeTunnel = watchTunnels(coverage.unread, identity.connectionAt);
  const agents = await createIngest({
    dataDir,
    emit: archive.emit,
    nextCallId: recording.nextCallId,
    takeSlab: archive.takeSlab,
    connectionAt: identity.connectionAt,
    onAgent: coverage.agent,
    identify: identity.identityOfPid,
    decide:
      options.decide ??
      decideForAgents({ live: governing.live, isPassThrough: around.isPassThrough, now: wallMicroseconds }),
    isPassThrough: around.isPassThrough,
    welcome: () => ({
      proxyPorts: [port, ...attaching.ports],
      bodyLimit: archive.bodyLimit,
      paused: recording.paused,
      ownPorts: doors,
    }),
    log,
  });
  ingest = agents;
  archive.beforeFlush(agents.flush);
  try {
    const proxy = await listenEverywhere(around, options.proxyPort, settings.current.network);
    port = proxy.port;
    agents.tellAgents();
    setImmediate(connector.prepare);
    // What an engine that was killed left behind is undone before anybody is pointed at this one.
    await attaching.restore();
    return {
      info: {
        version: options.version,
        pid: process.pid,
        startedAt,
        dataDir,
        proxy: `http://127.0.0.1:${port}`,
        caPath: authority.caPath,
      },
      archive,
      reader,
      authority,
      proxy,
      identity,
      capture: {
        get paused() {
          return recording.paused;
        },
        pause() {
          recording.pause();
          agents.tellAgents();
        },
        resume() {
          recording.resume();
          agents.tellAgents();
        },
        onPulse: recording.onPulse,
        targets: attaching.list,
        test: attaching.test,
        switchTarget: attaching.switchTarget,
        openPort: attaching.openPort,
        ca: attaching.ca,
      },
      agents: {
        place: agents.place,
        stats: agents.stats,
        hasAgent: agents.hasAgent,
        onConnection: agents.onConnection,
        leaveOut(door) {
          doors.push(door);
          agents.tellAgents();
        },
      },
      coverage,
      costs: { ...createCostsFace(reader, apps.declared, () => priceRegister.now.prices), ...ledger },
      vendors: pictures.vendors,
      map: { get: pictures.map, ...createExportFace({ reader, apps: apps.declared, now: wallMicroseconds }) },
      policies: {
        ...whatIf.face,
        ...policyFile.policies,
        ...livePolicies(governing.live, reader),
        ...governing.alerts,
        ...governing.budgets(reader),
      },
      replay: replaying.face,
      collections: replaying.collections,
      environments: replaying.environments,
      mocks: mocking.face,
      settings: faceOf(settings, dataDir, reader.placeProblems),
      apps,
      jobs,
      preferences: openPreferences(dataDir, log),
      async stop(graceMs = 5_000) {
        ignoreSettings();
        mocking.close();
        // First of all nobody may be pointed at a port that is about to close.
        await attaching.stop();
        await proxy.close(graceMs, archive.interrupt);
        await governing.close();
        register.close();
        vendorRegister.close();
        metering.close();
        await policyFile.close();
        await ledgerWork.stop();
        priceRegister.close();
        await agents.close();
        await coverage.stop();
        await identity.stop();
        recording.close();
        await jobs.stop();
        forward.close();
        origins.close();
        // The last one to close a database folds its log in, which a reader cannot.
        await whatIf.stop();
        await reader.stop();
        await archive.stop();
      },
    };
  } catch (error) {
    mocking.close();
    ignoreSettings();
    await governing.close();
    register.close();
    vendorRegister.close();
    metering.close();
    await policyFile.close();
    await ledgerWork.stop();
    priceRegister.close();
    await agents.close();
    recording.close();
    await jobs.stop();
    await attaching.stop();
    await coverage.stop();
    await identity.stop();
    origins.close();
    forward.close();
    await reader.stop();
    await archive.stop();
    throw error;
  }
}
