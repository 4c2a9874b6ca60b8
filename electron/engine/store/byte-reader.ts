// Node's Buffer has one method per encoding; they skip the look-up of an encoding's name, and
// the types leave them out.
declare global {
  interface Buffer {
    latin1Slice(start: number, end: number): string;
    utf8Slice(start: number, end: number): string;
  }
}

/** Reads what `ByteWriter` wrote. Reading past the end throws: a cut record is never half believed. */
export class ByteReader {
  readonly bytes: Buffer;
  readonly end: number;
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

  latin1(): string {
    const from = this.take();
    return this.bytes.latin1Slice(from, this.at);
  }

  text(): string | null {
    if (this.at < this.end && this.bytes[this.at] === 0) {
      this.at += 1;
      return null;
    }
    const from = this.take();
    return this.bytes.utf8Slice(from, this.at);
  }

  /** A view, not a copy. */
  data(): Buffer {
    const from = this.take();
    return this.bytes.subarray(from, this.at);
  }
}
