import { readIpAddress } from './ip-address.ts';

/**
 * `host:port` as CONNECT, Host and absolute-form carry it (RFC 3986 §3.2, RFC 9110 §7.2), strictly:
 * no user, no path, nothing trimmed. Case and IDNs are left as they are.
 */
export type ReadAuthority =
  | {
      ok: true;
      /** Without brackets. */ host: string;
      /** Null when none was given. */ port: number | null;
      ipv6: boolean;
    }
  | { ok: false; /** What is wrong with it, for people. */ reason: string };

/** Longer than any name that DNS can hold. */
const HOST_LIMIT = 255;

/** reg-name of RFC 3986, and, for unencoded IDNs, letters beyond ASCII. */
const REG_NAME = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2}|[^\x00-\xa0])+$/;

/** `text`: the authority alone, each char one byte or one code unit. Never throws. */
export function readAuthority(text: string): ReadAuthority {
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    const host = text.slice(1, close);
    if (close < 0 || !host.includes(':') || !readIpAddress(host))
      return refused('the address in brackets is not an IPv6 address');
    return withPort(host, text.slice(close + 1), true);
  }
  const colon = text.indexOf(':');
  if (colon !== text.lastIndexOf(':')) return refused('an IPv6 address needs brackets around it');
  const host = colon < 0 ? text : text.slice(0, colon);
  if (host === '') return refused('the host is empty');
  if (host.length > HOST_LIMIT) return refused(`the host is longer than ${HOST_LIMIT} characters`);
  if (!REG_NAME.test(host)) return refused('the host has characters that no host name can have');
  return withPort(host, colon < 0 ? '' : text.slice(colon), false);
}

function withPort(host: string, rest: string, ipv6: boolean): ReadAuthority {
  if (rest === '') return { ok: true, host, port: null, ipv6 };
  if (rest === ':') return refused('the port is empty');
  if (!/^:\d{1,5}$/.test(rest)) return refused('the port is not a number from 1 to 65535');
  const port = Number(rest.slice(1));
  if (port === 0 || port > 65_535) return refused(`the port ${port} is not from 1 to 65535`);
  return { ok: true, host, port, ipv6 };
}

function refused(reason: string): ReadAuthority {
  return { ok: false, reason };
}
