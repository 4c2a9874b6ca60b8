import { isIP } from 'node:net';

/**
 * An IP address as the bytes certificates carry: 4 for IPv4, 16 for IPv6; null when the text is not
 * an address. Zone ids have no place in a certificate and are dropped.
 */
export function addressBytes(text: string): Buffer | null {
  const family = isIP(text);
  if (family === 0) return null;
  if (family === 4) return Buffer.from(text.split('.').map(Number));
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text : text.slice(0, zone);
  const [head = '', tail] = bare.split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const out = Buffer.alloc(16);
  before.forEach((byte, i) => { out[i] = byte; });
  after.forEach((byte, i) => { out[16 - after.length + i] = byte; });
  return out;
}

/** Bytes of colon-separated groups, of which the last may be a dotted IPv4 address. */
function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
