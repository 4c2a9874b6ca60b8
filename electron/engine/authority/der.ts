/**
 * Just enough of DER (ITU-T X.690) to write X.509 certificates and to lift two fields out of one.
 *
 * Own writer because it is the hot path of a first-seen host: general X.509 libraries mint some
 * 500 to 900 certificates a second here, this some tens of thousands.
 */

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;

/** One tag-length-value with its length in the shortest form, as DER demands. */
export function tagged(tag: number, ...parts: Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const lengthBytes = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  const out = Buffer.allocUnsafe(2 + lengthBytes + length);
  out[0] = tag;
  if (lengthBytes === 0) out[1] = length;
  else {
    out[1] = 0x80 | lengthBytes;
    out.writeUIntBE(length, 2, lengthBytes);
  }
  let at = 2 + lengthBytes;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const sequence = (...parts: Uint8Array[]): Buffer => tagged(SEQUENCE, ...parts);
export const setOf = (...parts: Uint8Array[]): Buffer => tagged(SET, ...parts);
export const octetString = (bytes: Uint8Array): Buffer => tagged(OCTET_STRING, bytes);
export const utf8String = (text: string): Buffer => tagged(UTF8_STRING, Buffer.from(text, 'utf8'));
export const yes: Buffer = tagged(BOOLEAN, Uint8Array.of(0xff));

/** `[n]` constructed and context-specific: the wrapping of EXPLICIT fields. */
export const explicit = (n: number, ...parts: Uint8Array[]): Buffer => tagged(0xa0 | n, ...parts);

/** `[n]` primitive and context-specific: an IMPLICIT string or address. */
export const implicit = (n: number, bytes: Uint8Array): Buffer => tagged(0x80 | n, bytes);

/** A non-negative integer from its big-endian bytes; a zero byte is put before a set top bit. */
export function integer(bytes: Uint8Array): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const rest = bytes.subarray(from);
  return (rest[0] ?? 0) & 0x80 ? tagged(INTEGER, Uint8Array.of(0), rest) : tagged(INTEGER, rest);
}

/** A bit string; `unused` = how many low bits of the last byte do not count. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return tagged(BIT_STRING, Uint8Array.of(unused), bytes);
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const arcs = dotted.split('.').map(Number);
  const bytes: number[] = [(arcs[0] ?? 0) * 40 + (arcs[1] ?? 0)];
  for (const arc of arcs.slice(2)) {
    const sevens = [arc & 0x7f];
    for (let rest = arc >>> 7; rest > 0; rest >>>= 7) sevens.unshift((rest & 0x7f) | 0x80);
    bytes.push(...sevens);
  }
  return tagged(OBJECT_IDENTIFIER, Uint8Array.from(bytes));
}

/** A moment in whole seconds: UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5). */
export function time(epochMs: number): Buffer {
  const digits = new Date(epochMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  return Number(digits.slice(0, 4)) < 2050
    ? tagged(UTC_TIME, Buffer.from(digits.slice(2), 'latin1'))
    : tagged(GENERALIZED_TIME, Buffer.from(digits, 'latin1'));
}

export interface Element {
  tag: number;
  /** The value alone. */
  value: Uint8Array;
  /** Tag, length and value. */
  whole: Uint8Array;
}

/** The elements that lie one after another in `bytes`. Throws a RangeError when they do not add up. */
export function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0x80;
    let from = at + 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4) throw new RangeError('not DER: indefinite or oversized length');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[from + i] ?? 0);
      from += count;
    }
    if (from + length > bytes.length) throw new RangeError('not DER: an element ends after its container');
    found.push({ tag, value: bytes.subarray(from, from + length), whole: bytes.subarray(at, from + length) });
    at = from + length;
  }
  return found;
}
