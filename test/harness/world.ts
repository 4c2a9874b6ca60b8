import { startEngine, type EngineUnderTest } from './engine-under-test.ts';
import { openClient, type RawClient } from './raw-client.ts';
import { startOrigin, type Origin, type OriginOptions, type Script } from './scripted-origin.ts';
import { createTestCa, type ServerCredentials, type TestCa } from './test-ca.ts';

/** The name that origins go by in tests; any port of it is on the loopback address. */
export const ORIGIN_NAME = 'origin.test';

/** An engine, a certificate authority for origins that it trusts, and an origin's credentials from it. */
export interface World {
  engine: EngineUnderTest;
  ca: TestCa;
  server: ServerCredentials;
  stop(): Promise<void>;
}

export async function startWorld(options: Parameters<typeof startEngine>[0] = {}): Promise<World> {
  const ca = createTestCa();
  const engine = await startEngine({
    connectTo: [{ host: ORIGIN_NAME, port: 0, toHost: '127.0.0.1', toPort: 0 }],
    upstreamCa: [ca.pem],
    ...options,
  });
  return { engine, ca, server: ca.server(ORIGIN_NAME), stop: () => engine.stop() };
}

/** A way for an HTTP/1 client into the proxy. */
export interface Way {
  name: string;
  tls: boolean;
  kind: 'absolute' | 'connect' | 'socks5';
}

export const WAYS: readonly Way[] = [
  { name: 'absolute-form', tls: false, kind: 'absolute' },
  // As our agent asks: the proxy makes the TLS.
  { name: 'absolute-form of https', tls: true, kind: 'absolute' },
  { name: 'CONNECT', tls: false, kind: 'connect' },
  { name: 'CONNECT and TLS', tls: true, kind: 'connect' },
  { name: 'SOCKS5', tls: false, kind: 'socks5' },
  { name: 'SOCKS5 and TLS', tls: true, kind: 'socks5' },
];
export const PLAIN: Way = { name: 'absolute-form', tls: false, kind: 'absolute' };
export const INTERCEPTED: Way = { name: 'CONNECT and TLS', tls: true, kind: 'connect' };

/** A client's end of an exchange. */
export interface Peer extends RawClient {
  /** The request target to write for a path: itself, or absolute-form. */
  target(path: string): string;
  /** `origin.test:port`. */
  authority: string;
}

/** Opens a client that is about to write its first request, through the proxy or direct. */
export async function openPeer(
  world: World,
  way: Way,
  port: number,
  options: { direct?: boolean; keep?: boolean } = {},
): Promise<Peer> {
  const direct = options.direct === true;
  const authority = `${ORIGIN_NAME}:${port}`;
  const absolute = !direct && way.kind === 'absolute';
  const tls =
    way.tls && !absolute
      ? { tls: { ca: direct ? world.ca.pem : world.engine.caPem, servername: ORIGIN_NAME, alpn: ['http/1.1'] } }
      : {};
  const raw = await openClient(
    { host: direct ? '127.0.0.1' : ORIGIN_NAME, port, ...tls },
    direct ? 'direct' : way.kind,
    world.engine.proxyPort,
    { keep: options.keep ?? true },
  );
  return Object.assign(raw, {
    authority,
    target: (path: string) =>
      absolute ? `${way.tls ? 'https' : 'http'}://${authority}${path === '*' ? '' : path}` : path,
  });
}

/** An origin that fits the way: with TLS and HTTP/1.1 when the way has TLS. */
export function startOriginFor(world: World, way: Way, script: Script, options: OriginOptions = {}): Promise<Origin> {
  return startOrigin(script, {
    ...(way.tls ? { tls: { ...world.server, ALPNProtocols: ['http/1.1'] } } : {}),
    ...options,
  });
}
