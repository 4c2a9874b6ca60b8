import { readAuthority } from '../../../../shared/bytes/authority-form.ts';
import type { Fields, RequestHead } from '../../../../shared/bytes/http1-head.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { Leg } from './surroundings.ts';

export interface RequestTarget {
  scheme: 'http' | 'https';
  host: string;
  port: number;
  /** Origin form, or `*`. */
  target: string;
  /** Host with its port when not the scheme's own, as an `:authority`. */
  authority: string;
}

const SCHEMES: Record<string, 'http' | 'https'> = { http: 'http', https: 'https', ws: 'http', wss: 'https' };
/** Splits `host:port`, host in lower case; null when it is none. `port` 0 = not given. */
export function splitAuthority(text: string): { host: string; port: number } | null {
  const read = readAuthority(text);
  return read.ok ? { host: read.host.toLowerCase(), port: read.port ?? 0 } : null;
}

export function authorityOf(scheme: string, host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (scheme === 'https' ? 443 : 80) ? name : `${name}:${port}`;
}

function malformed(detail: string): Failure {
  return { kind: 'malformed-request', detail };
}

/**
 * Where a request goes. Outside a tunnel only the absolute form says so, and a Host header that
 * says something else is refused (RFC 9112 §3.2.2 lets a proxy overwrite it; two programs that
 * believe different ones is how requests are smuggled). Inside a tunnel its authority decides.
 */
export function readTarget(head: RequestHead, leg: Leg): RequestTarget | Failure {
  const { target } = head;
  if (leg.fixed !== null && (target.startsWith('/') || target === '*')) {
    const { scheme, host, port } = leg.fixed;
    if (target === '*' && head.method !== 'OPTIONS') return malformed('The target “*” is only for OPTIONS.');
    return { scheme, host, port, target, authority: authorityOf(scheme, host, port) };
  }
  const absolute = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)(.*)$/s.exec(target);
  if (absolute === null) {
    return target.startsWith('/')
      ? {
          kind: 'unsupported',
          detail:
            'This is Sallyport’s proxy, not a web server: set it as the HTTP proxy of a program (see “sallyport run -- COMMAND”).',
        }
      : malformed(`The request target “${target.slice(0, 100)}” is none that a proxy can follow.`);
  }
  const scheme = SCHEMES[absolute[1]!.toLowerCase()];
  if (scheme === undefined)
    return {
      kind: 'unsupported',
      detail: `Sallyport cannot forward “${absolute[1]!}” addresses; http and https only.`,
    };
  if (absolute[2]!.includes('@'))
    return malformed('The request target carries a user name; send it as an Authorization header.');
  const authority = splitAuthority(absolute[2]!);
  if (authority === null) return malformed(`“${absolute[2]!.slice(0, 100)}” is not a host and port.`);
  const port = authority.port === 0 ? (scheme === 'https' ? 443 : 80) : authority.port;
  const path = absolute[3]!;
  const found: RequestTarget = {
    scheme,
    host: authority.host,
    port,
    target: path === '' ? (head.method === 'OPTIONS' ? '*' : '/') : path.startsWith('/') ? path : `/${path}`,
    authority: authorityOf(scheme, authority.host, port),
  };
  if (leg.fixed !== null) {
    // An absolute form inside a tunnel (legal): only the tunnel's own authority.
    return leg.fixed.host === found.host && leg.fixed.port === found.port
      ? { ...found, scheme: leg.fixed.scheme }
      : malformed('The request target names another host than the tunnel it came through.');
  }
  if (head.host !== null) {
    const host = splitAuthority(head.host.trim());
    if (
      host === null ||
      host.host !== found.host ||
      (host.port === 0 ? (scheme === 'https' ? 443 : 80) : host.port) !== port
    ) {
      return malformed('The Host header names another host than the request target.');
    }
  }
  return found;
}

/** An origin-form request whose Host is this very port is somebody (or we) talking to the proxy as if it were an origin. */
export function nameLoop(head: RequestHead, failure: Failure, isOwnPort: (port: number) => boolean): Failure {
  if (failure.kind !== 'unsupported' || head.host === null) return failure;
  return isOwnPort(splitAuthority(head.host)?.port ?? 0) ? { kind: 'loop', detail: failure.detail } : failure;
}

/** The first value of a header by its lower-case name, or null. */
export function fieldOf(fields: Fields, name: string): string | null {
  for (let i = 0; i < fields.length; i += 2)
    if (fields[i]!.length === name.length && fields[i]!.toLowerCase() === name) return fields[i + 1]!;
  return null;
}

/** Upgrades we pass on. h2c is not: it would turn the connection into one we no longer read. */
export function upgradeOf(head: RequestHead): string | null {
  if (head.upgrade === null || head.minor === 0 || !head.connection.includes('upgrade')) return null;
  const wanted = head.upgrade
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '' && !/^(h2c|http\/)/i.test(token));
  return wanted.length === 0 ? null : wanted.join(', ');
}
