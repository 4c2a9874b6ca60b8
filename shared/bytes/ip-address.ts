/**
 * IP addresses between text and bytes, strictly: dotted quads without leading zeros, RFC 4291 text
 * without a zone. 4 bytes for IPv4, 16 for IPv6.
 */

/** The address's bytes, or null when `text` is not an address. */
export function readIpAddress(text: string): Uint8Array | null {
  return text.includes(':') ? readIpv6(text) : readIpv4(text);
}

/** The usual text of 4 or 16 bytes; IPv6 in the form of RFC 5952 (longest run of zeros as `::`). */
export function writeIpAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  let runAt = -1;
  let runLength = 1; // a single zero group is not shortened
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > runLength) [runAt, runLength] = [at, length];
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  return runAt < 0 ? hex(groups) : `${hex(groups.slice(0, runAt))}::${hex(groups.slice(runAt + runLength))}`;
}

function readIpv4(text: string): Uint8Array | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const bytes = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    // A leading zero is octal to some resolvers and decimal to others, so it is no address here.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    bytes[i] = Number(part);
  }
  return bytes;
}

function readIpv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head = '', tail] = halves;
  const before = readGroups(head, tail === undefined);
  const after = tail === undefined ? [] : readGroups(tail, true);
  if (!before || !after) return null;
  const length = before.length + after.length;
  if (tail === undefined ? length !== 16 : length > 14) return null;
  const bytes = new Uint8Array(16);
  bytes.set(before);
  bytes.set(after, 16 - after.length);
  return bytes;
}

function readGroups(text: string, last: boolean): number[] | null {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else {
      const quad = last && i === groups.length - 1 ? readIpv4(group) : null;
      if (!quad) return null;
      bytes.push(...quad);
    }
  }
  return bytes;
}
