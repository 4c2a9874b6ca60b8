import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGrpcFrames } from '../../../shared/bytes/grpc-frames.ts';
import { cutAnywhere, cuttings } from '../../harness/cut.ts';

const frame = (flag: number, length: number) => [
  flag,
  length >>> 24,
  (length >> 16) & 255,
  (length >> 8) & 255,
  length & 255,
  ...new Uint8Array(length),
];

function read(chunks: Uint8Array[]) {
  const frames = createGrpcFrames();
  for (const chunk of chunks) frames.push(chunk);
  return { messages: frames.messages, compressed: frames.compressed, whole: frames.whole, broken: frames.broken };
}

describe('gRPC messages', () => {
  it('rule 1: are counted alike however the bytes are cut', () => {
    const bytes = Uint8Array.from([...frame(0, 3), ...frame(1, 0), ...frame(0, 0), ...frame(1, 10), ...frame(0x80, 4)]);
    for (const chunks of cuttings(bytes))
      expect(read(chunks)).toEqual({ messages: 4, compressed: 2, whole: true, broken: null });
  });

  it('cut in the middle are not whole', () => {
    const bytes = Uint8Array.from([...frame(0, 3), ...frame(0, 3)]);
    expect(read([bytes.slice(0, 8)])).toMatchObject({ messages: 1, whole: true });
    expect(read([bytes.slice(0, 12)])).toMatchObject({ messages: 1, whole: false });
    expect(read([bytes.slice(0, 15)])).toMatchObject({ messages: 1, whole: false });
  });

  it('rule 4: reading stops at the first byte that makes no sense', () => {
    expect(read([Uint8Array.from([...frame(0, 1), 2, 0, 0, 0, 0, 0, 0, 0, 0, 0])])).toEqual({
      messages: 1,
      compressed: 0,
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
