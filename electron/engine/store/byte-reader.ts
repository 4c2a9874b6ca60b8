// Node's Buffer has one method per encoding; they skip the look-up of an encoding's name, and
// the types leave them out.
declare global {
  interface Buffer {
    latin1Slice(start: number, end: number): string;
    utf8Slice(start: number, end: number): string;
  }
}

/**
 * Texts lately read, by a cheap hash of their bytes: hosts, methods and apps come again and again,
 * and comparing thirty bytes costs less than making a string (and hashing it for the next Map).
 */
const recent: string[] = Array.from({ length: 1024 }, () => '');
const SHORT = 48;

/** Reads what `ByteWriter` wrote. Reading past the end throws: a cut record is never half believed. */
export class ByteReader {
  bytes: Buffer;
  end: number;
  at: number;

  constructor(bytes: Buffer, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    if (this.at >= this.end) throw new RangeError('The record ends too early.');
    return this.bytes[this.at++]!;
  }

  number(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    do {
      byte = this.byte();
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value;
  }

  maybe(): number | null {
    const value = this.number();
    return value === 0 ? null : value - 1;
  }

  private take(): number {
    const size = this.number() - 1;
    if (size < 0 || this.at + size > this.end) throw new RangeError('The record ends too early.');
    const from = this.at;
    this.at += size;
    return from;
  }

  /** Passes over a text or data. */
  skip(): void {
    this.take();
  }

  latin1(): string {
    const from = this.take();
    return this.bytes.latin1Slice(from, this.at);
  }

  text(): string | null {
    if (this.skipZero()) return null;
    const from = this.take();
    return this.at - from <= SHORT ? this.shared(from, this.at) : this.bytes.utf8Slice(from, this.at);
  }

  private shared(from: number, to: number): string {
    const { bytes } = this;
    const size = to - from;
    if (size === 0) return '';
    const slot =
      (Math.imul(size, 131) +
        Math.imul(bytes[from]!, 31) +
        Math.imul(bytes[to - 1]!, 521) +
        Math.imul(bytes[from + (size >> 1)]!, 73)) &
      1023;
    const known = recent[slot]!;
    if (known.length === size) {
      let i = 0;
      while (i < size && known.charCodeAt(i) === bytes[from + i]) i += 1;
      if (i === size) return known;
    }
    const text = bytes.utf8Slice(from, to);
    // As many chars as bytes: ASCII (or broken, and then equal to no bytes).
    if (text.length === size) recent[slot] = text;
    return text;
  }

  /** Whether a 0 (nothing) is next; steps over it. */
  skipZero(): boolean {
    if (this.at >= this.end || this.bytes[this.at] !== 0) return false;
    this.at += 1;
    return true;
  }

  /** A view, not a copy. */
  data(): Buffer {
    const from = this.take();
    return this.bytes.subarray(from, this.at);
  }
}
