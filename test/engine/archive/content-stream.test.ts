import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openContent } from '../../../electron/engine/archive/content-stream.ts';

const codings: [string, (bytes: Buffer) => Buffer][] = [
  ['gzip', (bytes) => gzipSync(bytes)],
  ['deflate', (bytes) => deflateSync(bytes)],
  ['deflate', (bytes) => deflateRawSync(bytes)],
  ['br', (bytes) => brotliCompressSync(bytes)],
  ['zstd', (bytes) => zstdCompressSync(bytes)],
];

function undo(encoding: string, pieces: Iterable<Uint8Array>, most?: number): { text: string; whole: boolean } {
  const stream = openContent(encoding, most);
  let text = '';
  let whole = true;
  for (const piece of pieces) whole = stream?.push(piece, (part) => (text += part)) ?? false;
  stream?.close();
  return { text, whole };
}

describe('content codings undone while a body goes by', () => {
  it('give the body back, however it is cut', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc
        .integer({ min: 1, max: 300_000 })
        .map((size) => Uint8Array.from({ length: size }, (_, at) => (at * at) & 0x7f)),
    );
    fc.assert(
      fc.property(body, fc.constantFrom(...codings), fc.integer({ min: 1, max: 5000 }), (bytes, [name, pack], size) => {
        const packed = pack(Buffer.from(bytes));
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < packed.length; at += size) pieces.push(packed.subarray(at, at + size));
        expect(undo(name, pieces).text === Buffer.from(bytes).toString('latin1')).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('give each piece as soon as its bytes are there', () => {
    const packed = gzipSync(Buffer.from('data: 1\n\n'.repeat(50)));
    const stream = openContent('gzip');
    let text = '';
    stream?.push(packed.subarray(0, packed.length - 8), (part) => (text += part));
    expect(text).toBe('data: 1\n\n'.repeat(50));
    stream?.close();
  });

  it('stop at what is broken, unknown, stacked or without end, and never throw', () => {
    for (const [name] of codings) expect(undo(name, [Buffer.from('this is no such thing')]).whole).toBe(false);
    expect(undo('gzip, br', [gzipSync('x')]).whole).toBe(false);
    expect(undo('made-up', [Buffer.from('x')]).whole).toBe(false);
    expect(undo('gzip', [gzipSync(Buffer.alloc(1_000_000))], 100_000).whole).toBe(false);
    expect(undo('gzip', [gzipSync('whole'), Buffer.from('rubbish'), Buffer.from('more')]).text).toBe('whole');
    expect(openContent('identity')).toBe(null);
  });
});
