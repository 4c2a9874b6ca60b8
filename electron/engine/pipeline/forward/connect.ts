import net from 'node:net';
import tls from 'node:tls';
import type { Attempt, TlsFacts } from '../../../../shared/model/call.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { ConnectionCheck, OwnAnswer, Refused, Way } from '../dispatch.ts';
import { monotonicMicroseconds } from '../clock.ts';
import { checkedLookup } from './checked-lookup.ts';
import { connectFailure, isUntrusted, untrustedFailure } from './failures.ts';
import { openTunnel } from './chained-proxy.ts';
import { peerOf } from './peer-address.ts';
import { isLoopback, type UpstreamProxy } from './upstream-proxy.ts';

/** Where to connect to. `alpn` null: plain TCP; a list: TLS offering these protocols. */
export interface Target {
  scheme: 'http' | 'https';
  host: string;
  port: number;
  alpn: readonly string[] | null;
  /** The bytes are not ours to read: a chained proxy must give a tunnel even for plain TCP. */
  tunnel?: boolean;
  /** Asked of addresses before they are connected to. */
  check?: ConnectionCheck;
  /** Asked for by the call itself. */
  way?: Way;
}

/** What an Attempt says of its connection. Durations in microseconds, null for steps that did not happen. */
export type ConnectionFacts = Omit<Attempt, 'startedAt' | 'reused' | 'failure'>;

/** An attempt over this connection; a reused one took no time to be made. `startedAt`: µs since the call's start. */
export function attemptOver(
  facts: ConnectionFacts,
  startedAt: number,
  reused: boolean,
  failure: Failure | null,
): Attempt {
  return {
    startedAt,
    reused,
    remoteAddress: facts.remoteAddress,
    remotePort: facts.remotePort,
    protocol: facts.protocol,
    dnsUs: reused ? null : facts.dnsUs,
    connectUs: reused ? null : facts.connectUs,
    tlsUs: reused ? null : facts.tlsUs,
    tls: facts.tls,
    via: facts.via,
    failure,
  };
}

export interface Connected {
  socket: net.Socket;
  /** The TCP socket under it (or itself). */
  bottom: net.Socket;
  facts: ConnectionFacts;
  alpn: string | null;
  /** The chained http proxy wants absolute-form requests on this connection. */
  absoluteForm: UpstreamProxy | null;
}

export class ConnectError extends Error {
  readonly failure: Failure;
  readonly facts: ConnectionFacts;
  /** What the caller is told, when a policy refused the connection. */
  readonly own: OwnAnswer | undefined;
  constructor(failure: Failure, facts: ConnectionFacts, own?: OwnAnswer) {
    super(failure.detail);
    this.failure = failure;
    this.facts = facts;
    this.own = own;
  }
}

/** `HOST:PORT=HOST:PORT`; an empty host or port 0 on the left matches any (as curl's --connect-to). */
export interface ConnectTo {
  host: string;
  port: number;
  toHost: string;
  toPort: number;
}

/** A client certificate for hosts matching `host` (exact, or `*.suffix`). PEM texts. */
export interface ClientCertificate {
  host: string;
  cert: string;
  key: string;
  passphrase?: string;
}

export interface ConnectOptions {
  connectTo: readonly ConnectTo[];
  /** PEM certificates trusted for origins, all of them (system, bundled, extra, user's). */
  trusted: () => string[];
  clientCertificates: readonly ClientCertificate[];
  chooseProxy: (scheme: 'http' | 'https', host: string, port: number) => UpstreamProxy | null;
  /** Milliseconds for each of TCP and TLS. */
  connectTimeout: number;
  /** Whether a port of the loopback address is one of the proxy's own: a call there would go round for ever. */
  isOwnPort: (port: number) => boolean;
  /** An origin of our own, while there is one: where it is, and the only root its certificate is checked against. */
  ownOrigin?: () => { host: string; port: number; ca: string } | null;
}

export type Connect = (target: Target, signal: AbortSignal) => Promise<Connected>;

export interface Connector {
  connect: Connect;
  /** Reads the trusted roots now rather than during the first call to a TLS origin (tens of milliseconds). */
  prepare(): void;
}

export function createConnector(options: ConnectOptions): Connector {
  let anonymous: tls.SecureContext | null = null;
  const identified = new Map<ClientCertificate, tls.SecureContext>();
  const contextFor = (host: string, trust: string | null = null): tls.SecureContext => {
    const certificate = options.clientCertificates.find((entry) => matchesHost(entry.host, host));
    if (trust !== null)
      return tls.createSecureContext({
        ca: [...options.trusted(), trust],
        ...(certificate && { cert: certificate.cert, key: certificate.key }),
        ...(certificate?.passphrase !== undefined && { passphrase: certificate.passphrase }),
      });
    if (certificate === undefined) return (anonymous ??= tls.createSecureContext({ ca: options.trusted() }));
    let context = identified.get(certificate);
    if (context === undefined) {
      const { cert, key, passphrase } = certificate;
      context = tls.createSecureContext({
        ca: options.trusted(),
        cert,
        key,
        ...(passphrase === undefined ? {} : { passphrase }),
      });
      identified.set(certificate, context);
    }
    return context;
  };

  const connect: Connect = async (target, signal) => {
    const facts: ConnectionFacts = {
      remoteAddress: null,
      remotePort: null,
      protocol: null,
      dnsUs: null,
      connectUs: null,
      tlsUs: null,
      tls: null,
      via: null,
    };
    const own = options.ownOrigin?.() ?? null;
    const inside = own?.host === target.host ? own : null;
    const mapped =
      inside === null
        ? (target.way?.to ?? mapTarget(options.connectTo, target))
        : { host: '127.0.0.1', port: inside.port };
    // A mapped target is a stand-in that the user named: never through the corporate proxy.
    const proxy = mapped === null ? options.chooseProxy(target.scheme, target.host, target.port) : null;
    const { host, port } = proxy ?? mapped ?? target;
    facts.via = proxy?.label ?? null;

    // Of a name that another proxy looks up nobody here knows the address.
    const check = proxy === null && inside === null ? target.check : undefined;
    const bottom = await connectTcp(host, port, options.connectTimeout, signal, facts, check);
    let socket = bottom;
    if (facts.remotePort !== null && options.isOwnPort(facts.remotePort) && isOwnAddress(socket)) {
      socket.destroy();
      throw new ConnectError(
        {
          kind: 'loop',
          detail: `${target.host}:${target.port} is this proxy itself; the request would go round for ever.`,
        },
        facts,
      );
    }
    let absoluteForm: UpstreamProxy | null = null;
    if (proxy !== null) {
      if (proxy.kind === 'https')
        socket = await startTls(
          socket,
          proxy.host,
          ['http/1.1'],
          contextFor(proxy.host),
          options.connectTimeout,
          signal,
          { ...facts },
          port,
        );
      if (proxy.kind === 'socks5' || target.alpn !== null || target.tunnel === true) {
        try {
          await openTunnel(socket, proxy, target.host, target.port, options.connectTimeout);
        } catch (error) {
          socket.destroy();
          throw new ConnectError({ kind: 'upstream-proxy', detail: (error as Error).message }, facts);
        }
      } else absoluteForm = proxy;
    }
    if (target.alpn === null) {
      facts.protocol = 'http/1.1';
      return { socket, bottom, facts, alpn: null, absoluteForm };
    }
    const secured = await startTls(
      socket,
      target.way?.serverName ?? target.host,
      target.alpn,
      inside === null ? contextFor(target.host, target.way?.trust) : tls.createSecureContext({ ca: inside.ca }),
      options.connectTimeout,
      signal,
      facts,
      target.port,
    );
    const alpn = secured.alpnProtocol || null;
    facts.protocol = alpn === 'h2' ? 'h2' : 'http/1.1';
    return { socket: secured, bottom, facts, alpn, absoluteForm: null };
  };

  return {
    connect,
    prepare() {
      anonymous ??= tls.createSecureContext({ ca: options.trusted() });
    },
  };
}

function mapTarget(rules: readonly ConnectTo[], target: Target): { host: string; port: number } | null {
  for (const rule of rules) {
    if (rule.host !== '' && rule.host.toLowerCase() !== target.host.toLowerCase()) continue;
    if (rule.port !== 0 && rule.port !== target.port) continue;
    return {
      host: rule.toHost === '' ? target.host : rule.toHost,
      port: rule.toPort === 0 ? target.port : rule.toPort,
    };
  }
  return null;
}

function isOwnAddress(socket: net.Socket): boolean {
  const remote = (peerOf(socket)?.address ?? '').replace(/^::ffff:/, '');
  return isLoopback(remote) || remote === (socket.localAddress ?? '').replace(/^::ffff:/, '');
}

export function matchesHost(pattern: string, host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  const rule = pattern.toLowerCase();
  return rule.startsWith('*.') ? name.endsWith(rule.slice(1)) : rule === name;
}

function connectTcp(
  host: string,
  port: number,
  timeout: number,
  signal: AbortSignal,
  facts: ConnectionFacts,
  check?: ConnectionCheck,
): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const started = monotonicMicroseconds();
    let looked = started;
    let refused: Refused | null = null;
    if (check !== undefined && net.isIP(host) !== 0) {
      facts.remoteAddress = host;
      refused = check(host, undefined);
      if (refused !== null) {
        reject(new ConnectError(refused.failure, facts, refused.answer));
        return;
      }
    }
    const fail = (failure: Failure): void => {
      finish();
      socket.on('error', ignore);
      socket.destroy();
      reject(new ConnectError(refused?.failure ?? failure, facts, refused?.answer));
    };
    let socket: net.Socket;
    try {
      socket = net.connect({
        host,
        port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: 60_000,
        ...(check !== undefined && {
          lookup: checkedLookup(check, (address, by) => {
            facts.remoteAddress = address;
            refused = by;
          }),
        }),
      });
    } catch (error) {
      reject(new ConnectError(connectFailure(error, host, port, 'tcp'), facts));
      return;
    }
    const timer = setTimeout(
      () =>
        fail({
          kind: 'timeout-connect',
          detail: `${host}:${port} did not accept a connection within ${timeout / 1000} s.`,
        }),
      timeout,
    );
    const onAbort = (): void =>
      fail({ kind: 'client-left', detail: 'The caller left while the connection was being made.' });
    const onError = (error: Error): void => fail(connectFailure(error, host, port, 'tcp'));
    const onLookup = (): void => {
      if (facts.dnsUs === null && net.isIP(host) === 0) {
        looked = monotonicMicroseconds();
        facts.dnsUs = looked - started;
      }
    };
    const onConnect = (): void => {
      finish();
      facts.connectUs = monotonicMicroseconds() - looked;
      const peer = peerOf(socket);
      facts.remoteAddress = peer?.address ?? null;
      facts.remotePort = peer?.port ?? null;
      // Until its owner listens, an error here must not become an uncaught one.
      socket.on('error', ignore);
      resolve(socket);
    };
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError).off('lookup', onLookup).off('connect', onConnect);
    };
    socket.on('error', onError).on('lookup', onLookup).on('connect', onConnect);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function startTls(
  socket: net.Socket,
  host: string,
  alpn: readonly string[],
  secureContext: tls.SecureContext,
  timeout: number,
  signal: AbortSignal,
  facts: ConnectionFacts,
  port: number,
): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const started = monotonicMicroseconds();
    const serverName = net.isIP(host) === 0 ? host.replace(/\.$/, '') : '';
    const secured = tls.connect({
      socket,
      host,
      servername: serverName,
      ALPNProtocols: [...alpn],
      secureContext,
      // We decide ourselves, to be able to record the chain of a refused origin too.
      rejectUnauthorized: false,
    });
    const fail = (failure: Failure): void => {
      finish();
      secured.on('error', ignore);
      secured.destroy();
      socket.destroy();
      reject(new ConnectError(failure, facts));
    };
    const timer = setTimeout(
      () =>
        fail({
          kind: 'timeout-tls',
          detail: `${host}:${port} did not finish the TLS handshake within ${timeout / 1000} s.`,
        }),
      timeout,
    );
    const onAbort = (): void =>
      fail({ kind: 'client-left', detail: 'The caller left during the TLS handshake with the origin.' });
    const onError = (error: Error): void => fail(connectFailure(error, host, port, 'tls'));
    const onClose = (): void =>
      fail({ kind: 'tls-upstream-failed', detail: `${host}:${port} closed the connection during the TLS handshake.` });
    const onSecure = (): void => {
      facts.tlsUs = monotonicMicroseconds() - started;
      facts.tls = describeTls(secured, serverName);
      const verdict = facts.tls.verdict;
      if (verdict !== 'trusted') {
        fail(
          isUntrusted(verdict)
            ? untrustedFailure(host, verdict)
            : { kind: 'tls-upstream-untrusted', detail: `The certificate of ${host} was refused (${verdict}).` },
        );
        return;
      }
      finish();
      secured.on('error', ignore);
      resolve(secured);
    };
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      secured.off('error', onError).off('close', onClose).off('secureConnect', onSecure);
    };
    secured.on('error', onError).on('close', onClose).on('secureConnect', onSecure);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function describeTls(socket: tls.TLSSocket, serverName: string): TlsFacts {
  const chain: string[] = [];
  let certificate: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate !== undefined && certificate.fingerprint256 !== undefined && chain.length < 10) {
    chain.push(certificate.fingerprint256.replaceAll(':', '').toLowerCase());
    if (certificate.issuerCertificate === certificate) break;
    certificate = certificate.issuerCertificate;
  }
  // Typed as Error, but it is the code as a string.
  const problem = socket.authorized ? null : (socket.authorizationError as unknown as string | Error | null);
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName ?? socket.getCipher().name,
    alpn: socket.alpnProtocol || null,
    serverName: serverName === '' ? null : serverName,
    chain,
    verdict: socket.authorized ? 'trusted' : problem instanceof Error ? problem.message : (problem ?? 'unknown'),
  };
}

function ignore(): void {}
