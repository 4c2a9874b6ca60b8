import { readIpAddress } from '../bytes/ip-address.ts';

/** A block of addresses: `10.0.0.0/8`, `fd00::/8`, or one address. */
export interface Network {
  bytes: Uint8Array;
  bits: number;
}

/** Null where a text is no network. Bits after the prefix are not looked at. */
export function readNetwork(text: string): Network | null {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const bytes = readIpAddress(address);
  if (bytes === null) return null;
  const bits = prefix === undefined ? bytes.length * 8 : Number(prefix);
  return bits <= bytes.length * 8 ? { bytes, bits } : null;
}

/** Whether an address (4 or 16 bytes) lies in a network of its family. */
export function isInNetwork(address: Uint8Array, { bytes, bits }: Network): boolean {
  if (address.length !== bytes.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== bytes[i]) return false;
  const rest = bits & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return ((address[whole] ?? 0) & mask) === ((bytes[whole] ?? 0) & mask);
}
