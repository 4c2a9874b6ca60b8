import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChunkedReader } from '../../../shared/bytes/chunked.ts';
import { bytesOf, cutAnywhere, cuttings } from '../../harness/cut.ts';

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function read(chunks: Uint8Array[]): { data: string; state: string; trailers: string; rest: number } {
  const reader = createChunkedReader();
  let data = '';
  let rest = 0;
  for (const chunk of chunks) {
    if (reader.state !== 'reading') {
      rest += chunk.length;
      continue;
    }
    const next = reader.read(chunk, 0, (piece) => {
      data += textOf(piece);
    });
    rest += chunk.length - next;
  }
  return { data, state: reader.state, trailers: reader.trailers, rest };
}

describe('chunked bodies', () => {
  it('read the same however they are cut, trailers included, and leave what follows', () => {
    const bytes = bytesOf('5\r\nhello\r\n00B;name="a;b"\r\n, chunked!!\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\nGET /next');
    for (const chunks of cuttings(bytes)) {
      expect(read(chunks)).toEqual({
        data: 'hello, chunked!!',
        state: 'done',
        trailers: 'X-Sum: 1\r\nx-sum: 2\r\n',
        rest: 'GET /next'.length,
      });
    }
  });

  it.each([
    ['a sign', '+5\r\nhello\r\n0\r\n\r\n'],
    ['a prefix', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a space', '5 \r\nhello\r\n0\r\n\r\n'],
    ['a leading space', ' 5\r\nhello\r\n0\r\n\r\n'],
    ['no size', '\r\nhello\r\n0\r\n\r\n'],
    ['a bare LF after the size', '5\nhello\r\n0\r\n\r\n'],
    ['a bare CR after the size', '5\rhello\r\n0\r\n\r\n'],
    ['too much data', '5\r\nhello!\r\n0\r\n\r\n'],
    ['a bare LF after the data', '5\r\nhello\n0\r\n\r\n'],
    ['a control byte in an extension', '5;\0\r\nhello\r\n0\r\n\r\n'],
    ['a bare LF in an extension', '5;a\nhello\r\n0\r\n\r\n'],
    ['a bare LF in the trailers', '0\r\nA: b\n\r\n'],
    ['a size beyond counting', 'ffffffffffffffff\r\n'],
  ])('with %s are a fault, however they are cut', (_what, text) => {
    for (const chunks of cuttings(bytesOf(text))) expect(read(chunks).state).toBe('fault');
  });

  it('are not done before their last byte', () => {
    const bytes = bytesOf('3\r\nabc\r\n0\r\n\r\n');
    for (let length = 0; length < bytes.length; length++)
      expect(read([bytes.subarray(0, length)]).state).toBe('reading');
    expect(read([bytes]).state).toBe('done');
  });

  it('give back any data in any chunks', () => {
    const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })).map((pieces) => ({
      data: pieces.map(textOf).join(''),
      wire: bytesOf(
        `${pieces.map((piece) => `${piece.length.toString(16)}\r\n${textOf(piece)}\r\n`).join('')}0\r\n\r\n`,
      ),
    }));
    fc.assert(
      fc.property(
        bodies.chain(({ data, wire }) => cutAnywhere(fc.constant(wire)).map(({ chunks }) => ({ data, chunks }))),
        ({ data, chunks }) => {
          expect(read(chunks)).toEqual({ data, state: 'done', trailers: '', rest: 0 });
        },
      ),
    );
  });
});
