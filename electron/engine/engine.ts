import { createReader, type Reader } from './analytics/reader.ts';
import { createArchive, type Archive } from './archive/archive.ts';
import { openAuthority, type Authority } from './authority/root-ca.ts';
import { certificatesAt } from './authority/trust-bundle.ts';
import { trustedRoots } from './authority/trusted-roots.ts';
import { bundlesInForce } from './capture/attach/terminal-env.ts';
import { listenProxy, type ProxyListener } from './capture/proxy/listener.ts';
import { DEFAULT_LIMITS, type Limits } from './capture/proxy/surroundings.ts';
import { defaultPipeline } from './pipeline/default-pipeline.ts';
import { createConnector, matchesHost, type ClientCertificate, type ConnectTo } from './pipeline/forward/connect.ts';
import { createForward } from './pipeline/forward/forward.ts';
import { createOrigins } from './pipeline/forward/origins.ts';
import { readUpstreamProxy } from './pipeline/forward/upstream-proxy.ts';

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
  /** Where the chained proxy, and files of further trusted roots, are read from; `process.env` of the caller. */
  environment?: Record<string, string | undefined>;
  limits?: Partial<Limits>;
  /** Milliseconds: connecting (TCP and TLS each), silence before and within an answer. */
  timeouts?: { connect?: number; head?: number; body?: number };
  /** Bytes of each body that are kept. */
  bodyLimit?: number;
  budgets?: Parameters<typeof createArchive>[0]['budgets'];
  /** One line for whoever looks after the engine. */
  log?: (line: string) => void;
}

export interface Engine {
  readonly info: { version: string; pid: number; startedAt: number; dataDir: string; proxy: string; caPath: string };
  readonly archive: Archive;
  readonly reader: Reader;
  readonly authority: Authority;
  readonly proxy: ProxyListener;
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
  const chooseProxy = readUpstreamProxy(options.environment ?? {});
  const archive = await createArchive({
    dataDir,
    log,
    ...(options.bodyLimit !== undefined && { bodyLimit: options.bodyLimit }),
    ...(options.budgets !== undefined && { budgets: options.budgets }),
  });

  let port = 0;
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
    chooseProxy,
    connectTimeout: options.timeouts?.connect ?? 30_000,
    ownPort: () => port,
  });
  const origins = createOrigins(connector.connect);
  const forward = createForward({
    origins,
    // As long as the slowest honest answers: models think for minutes before their first byte.
    headTimeout: options.timeouts?.head ?? 15 * 60_000,
    bodyTimeout: options.timeouts?.body ?? 15 * 60_000,
  });
  const passThrough = options.passThrough ?? [];
  let reader: Reader | null = null;
  try {
    const proxy = await listenProxy(
      {
        dispatch: defaultPipeline(forward.dispatch, { emit: archive.emit, bodyLimit: archive.bodyLimit }),
        connect: connector.connect,
        emit: archive.emit,
        nextCallId: archive.nextCallId,
        authority,
        isPassThrough: (host) => passThrough.some((pattern) => matchesHost(pattern, host)),
        ownPort: () => port,
        bodyLimit: archive.bodyLimit,
        limits: { ...DEFAULT_LIMITS, ...options.limits },
        onBug: (error) => log(`fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
      },
      options.proxyPort,
    );
    port = proxy.port;
    setImmediate(connector.prepare);
    reader = createReader({ dataDir });
    const reading = reader;
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
      async stop(graceMs = 5_000) {
        await proxy.close(graceMs, archive.interrupt);
        forward.close();
        origins.close();
        // The last one to close a database folds its log in, which a reader cannot.
        await reading.stop();
        await archive.stop();
      },
    };
  } catch (error) {
    origins.close();
    forward.close();
    await reader?.stop();
    await archive.stop();
    throw error;
  }
}
