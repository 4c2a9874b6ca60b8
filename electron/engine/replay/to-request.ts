import { X509Certificate } from 'node:crypto';
import { readAuthority } from '../../../shared/bytes/authority-form.ts';
import { isToken, type Fields } from '../../../shared/bytes/http1-head.ts';
import type { Draft, DraftAuth, DraftProblem } from '../../../shared/model/replay.ts';
import type { Way } from '../pipeline/dispatch.ts';

/** A request that only has to be given an id and sent. */
export interface ReadyRequest {
  method: string;
  scheme: 'http' | 'https';
  host: string;
  port: number;
  /** Host with its port when it is not the scheme's own. */
  authority: string;
  target: string;
  fields: Fields;
  protocol: 'http/1.1' | 'h2';
  way: Way | null;
  /** It asks for a WebSocket (`ws:`, `wss:`). */
  socket: boolean;
  /** Names of headers, in lower case, whose values are secrets beside the usual ones. */
  secret: readonly string[];
}

/** Headers that carry who asks; they do not follow a redirect to another origin, and go where credentials are left out. */
export const CREDENTIAL_FIELDS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-auth-token',
  'x-access-token',
]);

/** Which recorded header lines, by their lower-case names, a credential of a draft takes the place of. */
export function replacedBy(auth: DraftAuth): (name: string) => boolean {
  switch (auth.kind) {
    case 'recorded':
    case 'query':
      return () => false;
    case 'none':
      return (name) => CREDENTIAL_FIELDS.has(name);
    default: {
      const own = auth.kind === 'header' ? auth.name.toLowerCase() : 'authorization';
      // Cookies say more than who asks.
      return (name) => name === own || (name !== 'cookie' && CREDENTIAL_FIELDS.has(name));
    }
  }
}

export interface Place {
  scheme: 'http' | 'https';
  host: string;
  port: number;
  authority: string;
  target: string;
  socket: boolean;
}

/** Reads an absolute address without changing how it is written; a problem when nothing can be sent there. */
export function readPlace(url: string): Place | DraftProblem {
  const wrong = (says: string): DraftProblem => ({ place: 'url', kind: 'syntax', says });
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\x1f\x7f]/.test(url)) return wrong('The address holds a control character.');
  const parts = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#\\]*)([^#]*)/.exec(url);
  if (parts === null) return wrong('The address has to be whole: https://host/path.');
  const [, name = '', authority = '', rest = ''] = parts;
  const written = name.toLowerCase();
  const socket = written === 'ws' || written === 'wss';
  const scheme = socket ? (written === 'ws' ? 'http' : 'https') : written;
  if (scheme !== 'http' && scheme !== 'https')
    return wrong(`“${name}” addresses cannot be sent; http, https, ws and wss can.`);
  if (authority.includes('@')) return wrong('The address holds a user or password: put it under Credentials.');
  const read = readAuthority(authority);
  if (!read.ok) return wrong(`The address is wrong: ${read.reason}.`);
  const host = toAscii(read.host, read.ipv6);
  if (host === null) return wrong(`“${read.host}” is no name of a host.`);
  const usual = scheme === 'https' ? 443 : 80;
  const port = read.port ?? usual;
  if (port < 1) return wrong('The address names port 0.');
  const shown = read.ipv6 ? `[${host}]` : host;
  const target = (rest.startsWith('/') ? rest : `/${rest}`).replace(/[^\x21-\x7e]/gu, (char) =>
    encodeURIComponent(char),
  );
  return { scheme, host, port, authority: port === usual ? shown : `${shown}:${port}`, target, socket };
}

/** International names as they are looked up (RFC 5891). */
function toAscii(host: string, ipv6: boolean): string | null {
  // oxlint-disable-next-line no-control-regex
  if (ipv6 || /^[\x00-\x7f]*$/.test(host)) return host.toLowerCase();
  try {
    return new URL(`http://${host}/`).hostname;
  } catch {
    return null;
  }
}

/** The header lines that are sent: those that are on, with what the rest of the draft says of them. */
export function readFields(
  draft: Draft,
  place: Place,
  body: { length: number; contentType: string | null } | null,
  newKey: () => string,
): { fields: Fields; problems: DraftProblem[] } {
  const { idempotency, protocol } = draft.settings;
  const h2 = !place.socket && protocolOf(protocol, place.scheme) === 'h2';
  const fields: Fields = [];
  const problems: DraftProblem[] = [];
  const has = new Set<string>();
  for (const { name, value, off } of draft.headers) {
    if (off || (name === '' && value === '')) continue;
    const lower = name.toLowerCase();
    const wrong = (says: string): unknown => problems.push({ place: `header:${name}`, kind: 'syntax', says });
    if (!isToken(name)) wrong(`“${name}” is no name of a header.`);
    else if (/[\r\n\0]/.test(value)) wrong(`The value of ${name} holds a line break.`);
    else if (/[^\0-\xff]/.test(value)) wrong(`The value of ${name} holds characters that a header cannot carry.`);
    // What a WebSocket agrees on is made anew, and its messages are no body.
    else if (
      place.socket &&
      /^(?:sec-websocket-(?:key|version|extensions)|transfer-encoding|content-length)$/.test(lower)
    )
      continue;
    else if (lower === 'idempotency-key' && idempotency === 'none') continue;
    else if (lower === 'idempotency-key' && idempotency === 'fresh') fields.push(name, newKey());
    else if (h2 && lower === 'host') continue;
    else if (lower === 'transfer-encoding' && (h2 || body === null)) continue;
    else if (lower === 'content-length') {
      // Framing follows from the body; where the line stood it stays.
      if (body !== null && !hasChunks(draft)) fields.push(name, String(body.length));
      else if (body === null && value === '0') fields.push(name, value);
    } else {
      fields.push(name, value);
      has.add(lower);
    }
    has.add(lower);
  }
  if (!h2 && !has.has('host')) fields.unshift('Host', place.authority);
  if (body !== null && !place.socket && body.contentType !== null && !has.has('content-type'))
    fields.push('Content-Type', body.contentType);
  return { fields, problems };
}

/** Whether the draft asks for a chunked body. */
export function hasChunks({ headers, settings }: Draft): boolean {
  return (
    settings.protocol !== 'h2' &&
    headers.some(
      ({ name, value, off }) => !off && name.toLowerCase() === 'transfer-encoding' && /chunked\s*$/i.test(value),
    )
  );
}

/** HTTP/2 is offered where nothing else was asked for; an origin that does not speak it says so in TLS. */
export function protocolOf(wanted: Draft['settings']['protocol'], scheme: 'http' | 'https'): 'http/1.1' | 'h2' {
  if (wanted !== 'auto') return wanted;
  return scheme === 'https' ? 'h2' : 'http/1.1';
}

function isTrustable(pem: string): boolean {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) return false;
  try {
    for (const [one] of pem.matchAll(/-----BEGIN CERTIFICATE-----[^]*?(?:-----END CERTIFICATE-----|$)/g))
      if (new X509Certificate(one).raw.length === 0) return false;
    return true;
  } catch {
    return false;
  }
}

/** How to get there where that is not what the address says. */
export function readWay({ connectTo, serverName, trust }: Draft['settings']): Way | null | DraftProblem {
  if (connectTo === null && serverName === null && trust === null) return null;
  let to: Way['to'] = null;
  if (connectTo !== null) {
    const read = readAuthority(connectTo);
    if (!read.ok || read.port === null || read.port < 1)
      return { place: 'settings.connectTo', kind: 'syntax', says: `“${connectTo}” is no host:port.` };
    to = { host: read.host, port: read.port };
  }
  if (serverName !== null && !/^[A-Za-z0-9._-]+$/.test(serverName))
    return { place: 'settings.serverName', kind: 'syntax', says: `“${serverName}” is no name that TLS can carry.` };
  if (trust !== null && !isTrustable(trust))
    return {
      place: 'settings.trust',
      kind: 'syntax',
      says: 'There is no PEM certificate in “Also trust” that can be read.',
    };
  return { key: JSON.stringify([connectTo, serverName, trust]), to, serverName, trust };
}
