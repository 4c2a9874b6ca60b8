import { isIP } from 'node:net';
import { checkServerIdentity, DEFAULT_CIPHERS } from 'node:tls';
import { authorityOf } from './authority.ts';

/** What a client gives to `socket.connect`; https clients give the options of TLS with it. */
export type ConnectOptions = Record<string, unknown>;

export interface ProxyWay {
  scheme: 'http' | 'https';
  host: string;
  port: number;
  /** As a Host header says it. */
  authority: string;
}

/** Settings that decide where a connection goes, or by what; a proxy would not follow them. */
const OWN_ROUTE = ['path', 'lookup', 'localAddress', 'localPort', 'family', 'hints', 'onread', 'fd', 'handle'] as const;

/** Settings of TLS that a program makes because it wants to check, or to show, something itself. */
const OWN_TLS = [
  'ca',
  'cert',
  'key',
  'pfx',
  'crl',
  'secureContext',
  'pskCallback',
  'minVersion',
  'maxVersion',
  'secureProtocol',
  'sigalgs',
  'clientCertEngine',
  'requestOCSP',
  'socket',
] as const;

/**
 * Where a new connection of an HTTP client leads, when the engine's proxy can carry it without the program
 * being able to miss anything; null when the program has settled too much of it itself.
 */
export function proxyWay(options: ConnectOptions, tls: boolean): ProxyWay | null {
  for (const name of OWN_ROUTE) if (isSet(options[name])) return null;
  if (options['method'] === 'CONNECT') return null;
  const host = options['host'] ?? 'localhost';
  const port = Number(options['port']);
  if (typeof host !== 'string' || host === '' || !Number.isInteger(port) || port < 1 || port > 65_535) return null;
  if (tls) {
    for (const name of OWN_TLS) if (isSet(options[name])) return null;
    // Node fills these two in itself.
    if (!isUsual(options['ciphers'], DEFAULT_CIPHERS)) return null;
    if (!isUsual(options['checkServerIdentity'], checkServerIdentity)) return null;
    if (options['rejectUnauthorized'] === false || process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') return null;
    if (offersHttp2(options['ALPNProtocols'])) return null;
    const name = options['servername'];
    if (isSet(name) && name !== '' && name !== host && !(isIP(host) > 0)) return null;
  }
  const scheme = tls ? 'https' : 'http';
  return { scheme, host, port, authority: authorityOf(scheme, host, port) };
}

/** Which protocol such a connection speaks is settled in its handshake, and a proxy's would be another one. */
function offersHttp2(protocols: unknown): boolean {
  if (!isSet(protocols)) return false;
  if (Array.isArray(protocols)) return protocols.some((one) => String(one) === 'h2');
  return true;
}

function isUsual(value: unknown, usual: unknown): boolean {
  return !isSet(value) || value === usual;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== 0;
}
