/** What a host text is, before anybody asks whose it is. */
export type HostKind =
  /** Lower case, without port and final dot; labels from the left. */
  | { kind: 'name'; name: string; labels: readonly string[] }
  /** An address on the internet, in its shortest writing. */
  | { kind: 'address'; name: string }
  /** This machine, a private network, or nothing that could be a host: nobody's. */
  | { kind: 'local'; name: string | null };

/**
 * Last labels that never lead to the internet: reserved by RFC 6761 and RFC 6762, `internal` by ICANN (2024), and those
 * that home and office networks use although nobody gave them (RFC 6762 appendix G). `arpa` holds no companies.
 */
const LOCAL_ENDS = new Set(
  'localhost local internal test invalid example onion lan home corp intranet private localdomain arpa'.split(' '),
);
const NAME = /^[\p{L}\p{N}\p{M}_-]+(?:\.[\p{L}\p{N}\p{M}_-]+)*$/u;
const LOCAL: HostKind = { kind: 'local', name: null };

/** Reads a host as clients write it: any case, with port or brackets or a final dot. Never throws. */
export function readHost(text: string): HostKind {
  let host = text;
  if (host.startsWith('[')) host = /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1] ?? '';
  else if (host.indexOf(':') === host.lastIndexOf(':')) host = host.replace(/:\d*$/, '');
  if (host.includes(':')) return readAddress6(host);
  if (host.endsWith('.')) host = host.slice(0, -1);
  if (host.length === 0 || host.length > 253) return LOCAL;
  host = host.toLowerCase();
  if (!NAME.test(host)) return LOCAL;
  const labels = host.split('.');
  const last = labels.at(-1) ?? '';
  // RFC 3696: no top domain is a number, so this is an address or nothing.
  if (/^\d+$/.test(last)) return readAddress4(host);
  if (labels.length === 1 || LOCAL_ENDS.has(last) || labels.some((label) => label.length > 63)) {
    return { kind: 'local', name: host };
  }
  return { kind: 'name', name: host, labels };
}

function readAddress4(host: string): HostKind {
  const parts = host.split('.').map((part) => (/^(?:0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  if (parts.length !== 4 || parts.some((part) => part > 255)) return LOCAL;
  return isPrivate4(parts) ? { kind: 'local', name: host } : { kind: 'address', name: host };
}

/** Ranges that lead nowhere on the internet (RFC 6890): private, shared, link-local, loopback, multicast, reserved. */
function isPrivate4([a = 0, b = 0]: readonly number[]): boolean {
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 198 && (b === 18 || b === 19))
  );
}

function readAddress6(text: string): HostKind {
  const words = wordsOf6(text.replace(/%.*$/, '').toLowerCase());
  if (!words) return LOCAL;
  const [first = 0] = words;
  const leading = words.slice(0, 6);
  if (leading.slice(0, 5).every((word) => word === 0) && (leading[5] === 0xffff || leading[5] === 0)) {
    const [high = 0, low = 0] = words.slice(6);
    // `::` and `::1`, and an IPv4 address written as one of IPv6.
    if (leading[5] === 0) return { kind: 'local', name: writeAddress6(words) };
    return readAddress4([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  }
  const name = writeAddress6(words);
  // Unique local fc00::/7, link-local fe80::/10, multicast ff00::/8.
  const local = (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 || (first & 0xff00) === 0xff00;
  return { kind: local ? 'local' : 'address', name };
}

/** Eight words of an IPv6 address, or null when it is none. */
function wordsOf6(text: string): number[] | null {
  let plain = text;
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (dotted) {
    const [a, b, c, d] = dotted.slice(2).map(Number) as [number, number, number, number];
    if ([a, b, c, d].some((part) => part > 255)) return null;
    plain = `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const halves = plain.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const words = [...head, ...Array.from({ length: halves.length === 1 ? 0 : missing }, () => '0'), ...tail];
  return words.every((word) => /^[\da-f]{1,4}$/.test(word)) ? words.map((word) => Number.parseInt(word, 16)) : null;
}

/** RFC 5952: lower case, the first longest run of zero words left out. */
function writeAddress6(words: readonly number[]): string {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < words.length; at += 1) {
    let length = 0;
    while (words[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
  }
  const hex = words.map((word) => word.toString(16));
  if (best.at < 0) return hex.join(':');
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`;
}
