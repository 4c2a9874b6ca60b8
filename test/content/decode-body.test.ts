import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeBody } from '../../electron/content/decode-body.ts';
import { decodeText, readBodyContent } from '../../electron/content/body-content.ts';

const TEXT = Buffer.from(JSON.stringify({ hello: 'wörld', list: Array.from({ length: 300 }, (_, i) => i) }));

describe('content codings are undone', () => {
  test.each([
    ['gzip', gzipSync(TEXT)],
    ['x-gzip', gzipSync(TEXT)],
    ['GZIP', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['zstd', zstdCompressSync(TEXT)],
    ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
    ['identity', TEXT],
    [null, TEXT],
    ['', TEXT],
  ])('%s', async (coding, bytes) => {
    const decoded = await decodeBody(bytes, coding);
    expect(Buffer.from(decoded.bytes).equals(TEXT)).toBe(true);
    expect(decoded).toMatchObject({ left: [], problem: null });
  });
});

test('an empty body needs no coding', async () => {
  expect(await decodeBody(new Uint8Array(), 'gzip')).toMatchObject({ left: [], problem: null });
});

const PACKERS: [string, (bytes: Buffer) => Buffer][] = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
];

test.each(PACKERS)('a bomb in %s is not unpacked', async (coding, pack) => {
  const packed = pack(Buffer.alloc(8 * 1024 * 1024));
  const decoded = await decodeBody(packed, coding, 1024 * 1024);
  expect(decoded).toMatchObject({ left: [coding], problem: 'decoded, it would be over 1 MiB' });
  expect(decoded.bytes).toBe(packed);
});

test('a cut body gives what can be read of it', async () => {
  const packed = gzipSync(TEXT);
  const decoded = await decodeBody(packed.subarray(0, packed.length - 20), 'gzip');
  expect(decoded.problem).toBe(null);
  expect(TEXT.subarray(0, decoded.bytes.length).equals(decoded.bytes)).toBe(true);
  expect(decoded.bytes.length).toBeGreaterThan(100);
});

test('unknown codings and broken data are left on and said', async () => {
  expect(await decodeBody(TEXT, 'gzip, sdch')).toMatchObject({
    left: ['gzip', 'sdch'],
    problem: 'content coding sdch is not known',
  });
  expect((await decodeBody(TEXT, 'gzip')).problem).toMatch(/^it is not valid gzip/);
});

test('text is told from bytes by charset, validity and NUL', () => {
  expect(readBodyContent(Buffer.from('wörld'), null)).toEqual({ text: 'wörld', bytes: 6 });
  expect(readBodyContent(Buffer.from([0x77, 0xf6]), 'text/plain; charset=iso-8859-1')).toEqual({
    text: 'wö',
    bytes: 2,
  });
  expect(readBodyContent(Buffer.from([0x77, 0xf6]), null)).toEqual({ base64: 'd/Y=', bytes: 2 });
  expect(readBodyContent(Buffer.from('a\0b'), 'text/plain')).toEqual({ base64: 'YQBi', bytes: 3 });
  expect(decodeText(Buffer.from('x'), 'text/plain; charset=klingon')).toBe(null);
});
