import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createFrameReader,
  type FrameReaderOptions,
  type SeenMessage,
} from '../../../shared/bytes/websocket-frames.ts';
import { bytesOf, cutAnywhere, cuttings } from '../../harness/cut.ts';

interface Frame {
  opcode: number;
  fin?: boolean;
  rsv?: number;
  payload: Uint8Array;
  length?: number[];
}
const MASK = [0x37, 0xfa, 0x21, 0x3d];

function frame({ opcode, fin = true, rsv = 0, payload, length }: Frame, masked: boolean): number[] {
  const size = payload.length;
  const lengthBytes =
    length ??
    (size < 126
      ? [size]
      : size < 65_536
        ? [126, size >> 8, size & 255]
        : [127, 0, 0, 0, 0, (size >>> 24) & 255, (size >> 16) & 255, (size >> 8) & 255, size & 255]);
  const [first = 0, ...more] = lengthBytes;
  return [
    (fin ? 0x80 : 0) | (rsv << 4) | opcode,
    first | (masked ? 0x80 : 0),
    ...more,
    ...(masked ? MASK : []),
    ...Array.from(payload, (byte, i) => (masked ? byte ^ (MASK[i % 4] ?? 0) : byte)),
  ];
}

const bytes = (frames: Frame[], masked: boolean) => Uint8Array.from(frames.flatMap((one) => frame(one, masked)));

function read(chunks: Uint8Array[], options: Partial<FrameReaderOptions> = {}) {
  const reader = createFrameReader({ limit: 1000, masked: false, deflate: false, ...options });
  const messages: SeenMessage[] = [];
  for (const chunk of chunks)
    messages.push(...reader.push(chunk).map((seen) => ({ ...seen, data: seen.data.slice() })));
  return { messages, broken: reader.broken };
}

const text = bytesOf;
const message = (opcode: number, data: string, extra: Partial<SeenMessage> = {}) => ({
  opcode,
  deflated: false,
  size: data.length,
  data: text(data),
  ...extra,
});

describe.each([true, false])('frames, masked: %s', (masked) => {
  it('rule 1: give the same messages however they are cut, control frames between fragments included', () => {
    const stream = bytes(
      [
        { opcode: 1, payload: text('hello') },
        { opcode: 2, payload: text('') },
        { opcode: 1, fin: false, payload: text('a') },
        { opcode: 9, payload: text('ping?') },
        { opcode: 0, fin: false, payload: text('') },
        { opcode: 10, payload: text('') },
        { opcode: 0, payload: text('bc') },
        { opcode: 8, payload: text('\x03\xe8bye') },
      ],
      masked,
    );
    for (const chunks of cuttings(stream)) {
      expect(read(chunks, { masked })).toEqual({
        broken: null,
        messages: [
          message(1, 'hello'),
          message(2, ''),
          message(9, 'ping?'),
          message(10, ''),
          message(1, 'abc'),
          message(8, '\x03\xe8bye'),
        ],
      });
    }
  });

  it('keep the first bytes of a message and count the rest', () => {
    const long = text('0123456789'.repeat(7000));
    const stream = bytes(
      [
        { opcode: 2, fin: false, payload: long.slice(0, 300) },
        { opcode: 0, payload: long.slice(300) },
        { opcode: 1, payload: long.slice(0, 200) },
      ],
      masked,
    );
    for (const limit of [0, 1, 299, 300, 301, 1000]) {
      for (const size of [1, 7, 100_000]) {
        const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
          stream.slice(i * size, (i + 1) * size),
        );
        expect(read(chunks, { masked, limit })).toEqual({
          broken: null,
          messages: [
            { opcode: 2, deflated: false, size: 70_000, data: long.slice(0, limit) },
            { opcode: 1, deflated: false, size: 200, data: long.slice(0, Math.min(limit, 200)) },
          ],
        });
      }
    }
  });

  it('say when they are compressed', () => {
    const stream = bytes(
      [
        { opcode: 1, rsv: 4, fin: false, payload: text('x') },
        { opcode: 0, payload: text('y') },
        { opcode: 1, payload: text('z') },
      ],
      masked,
    );
    expect(read([stream], { masked, deflate: true }).messages).toEqual([
      message(1, 'xy', { deflated: true }),
      message(1, 'z'),
    ]);
  });

  const claimed = (...length: number[]): Frame => ({ opcode: 2, payload: text(''), length });
  it.each<[string, Frame[]]>([
    ['a reserved bit is set', [{ opcode: 1, rsv: 2, payload: text('') }]],
    ['the compression bit is set where it has no meaning', [{ opcode: 1, rsv: 4, payload: text('') }]],
    ['the opcode 3 is not defined', [{ opcode: 3, payload: text('') }]],
    ['the opcode 11 is not defined', [{ opcode: 11, payload: text('') }]],
    ['a control frame is fragmented or too long', [{ opcode: 9, fin: false, payload: text('') }]],
    ['a control frame is fragmented or too long', [{ opcode: 9, payload: new Uint8Array(126) }]],
    ['a continuation continues nothing', [{ opcode: 0, payload: text('') }]],
    [
      'a new message starts inside another',
      [
        { opcode: 1, fin: false, payload: text('') },
        { opcode: 2, payload: text('') },
      ],
    ],
    ['a frame claims more than 2^53 bytes', [claimed(127, 255, 255, 255, 255, 255, 255, 255, 255)]],
    ['a length is not written in its shortest form', [claimed(126, 0, 125)]],
    ['a length is not written in its shortest form', [claimed(127, 0, 0, 0, 0, 0, 0, 255, 255)]],
  ])('rule 4: %s: reading stops there and the messages before it stay', (reason, frames) => {
    const stream = bytes(
      [{ opcode: 1, payload: text('before') }, ...frames, { opcode: 1, payload: text('after') }],
      masked,
    );
    for (const chunks of cuttings(stream.slice(0, 60)))
      expect(read(chunks, { masked })).toEqual({ messages: [message(1, 'before')], broken: reason });
  });

  it('rule 4: the wrong masking stops the reading', () => {
    expect(read([bytes([{ opcode: 1, payload: text('x') }], !masked)], { masked }).broken).toBe(
      masked ? 'a client frame is not masked' : 'a server frame is masked',
    );
  });

  it('rule 3: a frame that claims terabytes costs what is kept of it', () => {
    const reader = createFrameReader({ limit: 100, masked, deflate: false });
    reader.push(Uint8Array.from(frame(claimed(127, 0, 1, 0, 0, 0, 0, 0, 0), masked)));
    const chunk = new Uint8Array(65_536);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 5000; i++) expect(reader.push(chunk)).toHaveLength(0);
    expect(reader.broken).toBe(null);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it('rule 2 and 1: any frames and any bytes, cut anywhere', () => {
    const any = fc.record({
      opcode: fc.constantFrom(0, 0, 1, 2, 8, 9, 10, 3),
      fin: fc.boolean(),
      rsv: fc.constantFrom(0, 0, 0, 4, 1),
      payload: fc.uint8Array({ maxLength: 200 }),
    });
    const stream = fc.oneof(
      fc.array(any, { maxLength: 8 }).map((frames) => bytes(frames, masked)),
      fc.uint8Array({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(cutAnywhere(stream), fc.nat(250), ({ bytes: whole, chunks }, limit) => {
        expect(read(chunks, { masked, limit, deflate: true })).toEqual(read([whole], { masked, limit, deflate: true }));
      }),
      { numRuns: 300 },
    );
  });
});
