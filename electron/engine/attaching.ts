import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import type { CaState } from '../../shared/contract/capture.ts';
import type { Reader } from './analytics/reader.ts';
import type { Archive } from './archive/archive.ts';
import type { Authority } from './authority/root-ca.ts';
import { lookAtStores, systemStore } from './authority/trust/stores.ts';
import { readCertificate, thisMachine } from './authority/trust/trust-steps.ts';
import type { AgentPlace } from './capture/attach/node-agent.ts';
import { createRunner } from './capture/attach/run-tool.ts';
import type { Runner } from './capture/attach/run-tool.ts';
import { createSelfTester, SELF_TEST_HOST } from './capture/attach/self-test.ts';
import type { OwnOrigin } from './capture/attach/self-test.ts';
import { startGuard } from './capture/attach/system-proxy/guard.ts';
import { createTargets } from './capture/attach/targets.ts';
import type { Targets } from './capture/attach/targets.ts';
import { removeRunOf } from './capture/attach/trust-files.ts';
import { listenProxy } from './capture/proxy/listener.ts';
import type { ProxyListener } from './capture/proxy/listener.ts';
import type { Surroundings as ProxySurroundings } from './capture/proxy/surroundings.ts';
import { wallMicroseconds } from './pipeline/clock.ts';

/** Points this machine's programs at the engine, and tells how its stores trust us. */
export interface Attaching extends Targets {
  ca(): Promise<CaState>;
  /** Where our own origin is while a test runs; the connector asks for every call. */
  readonly ownOrigin: OwnOrigin | null;
  /** Ports beside the main one, one for each program that cannot say who it is. */
  readonly ports: number[];
  isOwnPort(port: number): boolean;
  /** Opens another port of the proxy: for an app (and a run) whose calls come in there, or on another address. */
  openPort(
    app: string | null,
    run?: string | null,
    host?: string,
  ): Promise<{ port: number; close: () => Promise<void> }>;
}

export function createAttaching(given: {
  dataDir: string;
  archive: Archive;
  authority: Authority;
  reader: () => Reader;
  proxyPort: () => number;
  proxyAround: () => ProxySurroundings;
  secret: () => string;
  identityRequired: () => boolean;
  isPaused: () => boolean;
  hasWayOut: () => boolean;
  /** There are others than before. */
  onPorts: () => void;
  /** Where agents in programs reach the engine. */
  agentPlace: () => AgentPlace | null;
  command: { program: readonly string[]; data: readonly string[] };
  environment: Record<string, string | undefined>;
  runner?: Runner | undefined;
  platform?: NodeJS.Platform | undefined;
  log: (line: string) => void;
}): Attaching {
  const { dataDir, archive, authority, environment, log } = given;
  const platform = given.platform ?? process.platform;
  const runner = given.runner ?? createRunner(environment, platform);
  const machine = { ...thisMachine(environment), has: (program: string) => runner.find(program) !== null };
  const ports = new Set<ProxyListener>();
  let ownOrigin: OwnOrigin | null = null;
  let bundle: string | null = null;

  const selfTest = createSelfTester({
    onOrigin: (origin) => (ownOrigin = origin),
    isPaused: given.isPaused,
    now: wallMicroseconds,
    async callsSince(startedAt) {
      await archive.flush();
      const { calls } = await given.reader().listCalls({
        tree: {
          op: 'and',
          parts: [
            { op: 'text', field: 'host', pattern: SELF_TEST_HOST },
            { op: 'time', bound: 'since', at: startedAt },
          ],
        },
        limit: 50,
      });
      return calls;
    },
  });

  async function openPort(
    app: string | null,
    run: string | null = null,
    host?: string,
  ): Promise<{ port: number; close: () => Promise<void> }> {
    const tags = run === null ? null : { run };
    const listener = await listenProxy(given.proxyAround(), 0, host === undefined ? { app, tags } : { host });
    ports.add(listener);
    given.onPorts();
    return {
      port: listener.port,
      async close() {
        ports.delete(listener);
        given.onPorts();
        await listener.close(0, () => {});
      },
    };
  }

  const targets = createTargets({
    proxy: {
      host: '127.0.0.1',
      get port() {
        return given.proxyPort();
      },
    },
    secret: given.secret,
    identityRequired: given.identityRequired,
    dataDir,
    caPath: authority.caPath,
    caKeyHash: () => authority.spkiSha256Base64,
    bundle() {
      // Written once: it takes tens of milliseconds of the thread that carries calls.
      if (bundle === null || !existsSync(bundle)) bundle = authority.writeBundle([]);
      return bundle;
    },
    command: given.command,
    home: homedir(),
    environment,
    platform,
    runner,
    selfTest,
    openPort,
    agentPlace: given.agentPlace,
    guardSystemProxy: () => (given.runner ? { dismiss: () => {} } : startGuard(dataDir)),
    hasWayOut: given.hasWayOut,
    machineTrustsUs: async () => (await systemStore(readCertificate(authority.caPath), runner.run, platform)).trusted,
    log,
  });

  return {
    ...targets,
    get ownOrigin() {
      return ownOrigin;
    },
    get ports() {
      return [...ports].map((listener) => listener.port);
    },
    openPort,
    isOwnPort: (port) => [...ports].some((listener) => listener.port === port),
    async ca() {
      return {
        path: authority.caPath,
        subject: authority.caName,
        fingerprint: authority.caFingerprint,
        notAfter: authority.caNotAfter * 1000,
        stores: await lookAtStores(readCertificate(authority.caPath), machine, runner.run, platform),
      };
    },
    async stop() {
      await targets.stop();
      // Copies of settings for terminals that were set up: their proxy is gone now.
      removeRunOf(dataDir, process.pid);
      await selfTest.close();
      await Promise.all([...ports].map((listener) => listener.close(0)));
    },
  };
}
