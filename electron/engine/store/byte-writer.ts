// Node's Buffer has one method per encoding; they skip the look-up of an encoding's name, and
// the types leave them out.
declare global {
  interface Buffer {
    latin1Write(text: string, at: number, length: number): number;
    utf8Write(text: string, at: number, length: number): number;
  }
}

/**
 * Writes small binary records into one growing buffer: the form of slabs between threads and of
 * call details inside pages. Numbers are LEB128, text is length-prefixed, `null` is length 0 and
 * every other length is stored plus one. Reading back: `byte-reader.ts`.
 *
 * A class because it is the hottest object of the recorder and lives as long as its buffer.
 */
export class ByteWriter {
  bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Makes room for `count` more bytes; replaces the buffer when it must, keeping what is written. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + count));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** A non-negative integer up to 2^53 - 1; at most 8 bytes. Anything else is written as 0. */
  number(value: number): void {
    const { bytes } = this;
    let rest = value;
    if (!(rest >= 0 && rest <= Number.MAX_SAFE_INTEGER)) rest = 0;
    while (rest > 0x7fffffff) {
      bytes[this.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    rest |= 0;
    while (rest > 127) {
      bytes[this.at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[this.at++] = rest;
  }

  /** A number or null. */
  maybe(value: number | null): void {
    this.number(value === null ? 0 : Math.max(0, Math.round(value)) + 1);
  }

  /** Text whose chars are bytes (header blocks, targets, anything from the wire). */
  latin1(text: string): void {
    const { length } = text;
    this.number(length + 1);
    if (length > 24) {
      this.at += this.bytes.latin1Write(text, this.at, length);
      return;
    }
    // A call into C++ costs more than a short loop.
    const { bytes } = this;
    let { at } = this;
    for (let i = 0; i < length; i += 1) bytes[at++] = text.charCodeAt(i);
    this.at = at;
  }

  /** Any text. The caller reserves three bytes a char. */
  text(text: string | null): void {
    if (text === null) {
      this.byte(0);
      return;
    }
    const { length } = text;
    const { bytes } = this;
    if (length < 100) {
      const start = this.at;
      bytes[this.at++] = length + 1;
      let i = 0;
      for (; i < length; i += 1) {
        const code = text.charCodeAt(i);
        if (code > 127) break;
        bytes[this.at++] = code;
      }
      if (i === length) return;
      this.at = start;
    }
    const size = Buffer.byteLength(text, 'utf8');
    this.number(size + 1);
    this.at += bytes.utf8Write(text, this.at, size);
  }

  /** Raw bytes with their length. */
  data(data: Uint8Array): void {
    this.number(data.byteLength + 1);
    this.bytes.set(data, this.at);
    this.at += data.byteLength;
  }
}
