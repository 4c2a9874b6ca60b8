// Rules of frames: whole however they are cut, in their order, and what is none is told at once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameReader, dataFrame, jsonFrame, LONGEST_FRAME } from '../../../shared/agent/frames.ts';

const frame = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ kind: 'json' as const, bytes })),
  fc
    .record({
      call: fc.nat(),
      side: fc.constantFrom('request' as const, 'response' as const),
      at: fc.double({ min: 0, max: 1e15, noNaN: true }),
      data: fc.uint8Array({ maxLength: 300 }),
    })
    .map((piece) => ({ kind: 'piece' as const, piece })),
);

test('frames come out as they went in, wherever their bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), fc.array(fc.integer({ min: 1, max: 200 })), (frames, cuts) => {
      const bytes = Buffer.concat(
        frames.map((one) => (one.kind === 'json' ? jsonFrame(one.bytes) : dataFrame(one.piece))),
      );
      const read: unknown[] = [];
      const reader = createFrameReader({
        json: (payload) => void read.push({ kind: 'json', bytes: Uint8Array.from(payload) }),
        piece: (piece) => void read.push({ kind: 'piece', piece: { ...piece, data: Uint8Array.from(piece.data) } }),
      });
      let at = 0;
      for (const cut of [...cuts, Infinity]) {
        reader.push(Uint8Array.from(bytes.subarray(at, Math.min(bytes.length, at + cut))));
        at = Math.min(bytes.length, at + cut);
      }
      expect(read).toEqual(frames);
    }),
  );
});

test('a frame of many small pieces is joined once, not once for each', () => {
  let read = 0;
  const reader = createFrameReader({ json: (payload) => (read = payload.length), piece: () => {} });
  const bytes = jsonFrame(new Uint8Array(4 * 1024 * 1024));
  // Joined for each piece this would copy 128 GB.
  for (let at = 0; at < bytes.length; at += 64) reader.push(bytes.subarray(at, at + 64));
  expect(read).toBe(4 * 1024 * 1024);
});

test.each([
  ['a length of nothing', [0, 0, 0, 0, 0]],
  ['one longer than any', [...new Uint8Array(new Uint32Array([LONGEST_FRAME + 1]).buffer), 0]],
  ['a kind that there is not', [1, 0, 0, 0, 7]],
  ['a piece without its head', [2, 0, 0, 0, 1, 0]],
])('%s is no frame', (_, bytes) => {
  const reader = createFrameReader({ json: () => {}, piece: () => {} });
  expect(() => reader.push(Uint8Array.from(bytes))).toThrow(RangeError);
});
