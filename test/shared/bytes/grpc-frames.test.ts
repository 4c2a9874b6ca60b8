import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGrpcReader, type GrpcFrame } from '../../../shared/bytes/grpc-frames.ts';
import { cutAnywhere, cuttings } from '../../harness/cut.ts';

const frame = (flag: number, length: number, fill = 7) => [
  flag,
  length >>> 24,
  (length >> 16) & 255,
  (length >> 8) & 255,
  length & 255,
  ...new Uint8Array(length).fill(fill),
];

function read(chunks: Uint8Array[], limit = 1000) {
  const reader = createGrpcReader(limit);
  const frames: GrpcFrame[] = chunks.flatMap((chunk) => reader.push(chunk));
  return { frames, whole: reader.whole, broken: reader.broken };
}

describe('gRPC messages', () => {
  it('rule 1: are read alike however the bytes are cut', () => {
    const bytes = Uint8Array.from([...frame(0, 3), ...frame(1, 0), ...frame(0, 0), ...frame(1, 10), ...frame(0x80, 4)]);
    const expected = read([bytes]);
    expect(expected.frames.map(({ size, compressed, trailers }) => [size, compressed, trailers])).toEqual([
      [3, false, false],
      [0, true, false],
      [0, false, false],
      [10, true, false],
      [4, false, true],
    ]);
    expect(expected.frames[0]?.data).toEqual(Uint8Array.from([7, 7, 7]));
    for (const chunks of cuttings(bytes)) expect(read(chunks)).toEqual(expected);
  });

  it('cut in the middle are not whole', () => {
    const bytes = Uint8Array.from([...frame(0, 3), ...frame(0, 3)]);
    expect(read([bytes.slice(0, 8)])).toMatchObject({ frames: [{ size: 3 }], whole: true });
    expect(read([bytes.slice(0, 12)])).toMatchObject({ frames: [{ size: 3 }], whole: false });
    expect(read([bytes.slice(0, 15)])).toMatchObject({ frames: [{ size: 3 }], whole: false });
  });

  it('longer than the limit give their size alone, and what follows is read', () => {
    const bytes = Uint8Array.from([...frame(0, 11), ...frame(0, 10)]);
    const { frames } = read([bytes], 10);
    expect(frames.map(({ size, data }) => [size, data?.length ?? null])).toEqual([
      [11, null],
      [10, 10],
    ]);
    // A lying length takes no memory.
    expect(read([Uint8Array.from([0, 255, 255, 255, 255, 1])], 10)).toMatchObject({ frames: [], whole: false });
  });

  it('rule 4: reading stops at the first byte that makes no sense', () => {
    expect(read([Uint8Array.from([...frame(0, 1), 2, 0, 0, 0, 0, 0, 0, 0, 0, 0])])).toMatchObject({
      frames: [{ size: 1 }],
      whole: false,
      broken: 'a message starts with the flag byte 2',
    });
  });

  it('rule 2 and 1: any bytes at all, cut anywhere', () => {
    fc.assert(
      fc.property(cutAnywhere(fc.uint8Array({ maxLength: 200 })), ({ bytes, chunks }) => {
        expect(read(chunks)).toEqual(read([bytes]));
      }),
    );
  });
});
