import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerSentEvent } from '../../../shared/bytes/sse.ts';
import { createSseReader } from '../../../shared/bytes/sse.ts';

const readAll = (chunks: readonly string[], limit?: number): ServerSentEvent[] => {
  const reader = createSseReader(limit);
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
};

const STREAM =
  '\xef\xbb\xbf: hello\r\nevent: start\r\nid: 1\r\ndata: {"a":1}\r\n\r\ndata:one\ndata: two\n\n\rdata: cr\r\rdata\n\n: ping\n\nretry: 10\ndata: \xe9nd\r\n\r\n';
const EVENTS: ServerSentEvent[] = [
  { name: 'start', id: '1', data: '{"a":1}', size: 7 },
  { name: null, id: null, data: 'one\ntwo', size: 7 },
  { name: null, id: null, data: 'cr', size: 2 },
  { name: null, id: null, data: '', size: 0 },
  { name: null, id: null, data: '\xe9nd', size: 3 },
];

describe('server-sent events', () => {
  it('are the same wherever the stream is cut', () => {
    expect(readAll([STREAM])).toEqual(EVENTS);
    for (let cut = 0; cut <= STREAM.length; cut += 1)
      expect(readAll([STREAM.slice(0, cut), STREAM.slice(cut)])).toEqual(EVENTS);
    expect(readAll([...STREAM])).toEqual(EVENTS);
  });

  it('are the same for any stream and any cuts', () => {
    const text = fc.string({
      unit: fc.constantFrom('\r', '\n', '\n', ':', ' ', 'data', 'event', 'id', 'x', '\0'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { maxLength: 5 }), (stream, cuts) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length];
        const chunks = places.slice(1).map((place, index) => stream.slice(places[index], place));
        expect(readAll(chunks)).toEqual(readAll([stream]));
      }),
    );
  });

  it('give the last event although its blank line never came', () => {
    expect(readAll(['data: cut'])).toEqual([{ name: null, id: null, data: 'cut', size: 3 }]);
  });

  it('keep a bounded part of an endless line and count the rest', () => {
    const reader = createSseReader(10);
    for (let i = 0; i < 100; i += 1) reader.push('data: 0123456789');
    const [event] = [...reader.push('\n\n'), ...reader.end()];
    expect(event!.data.length).toBeLessThanOrEqual(10);
    expect(event!.size).toBeGreaterThan(1500);
  });
});
