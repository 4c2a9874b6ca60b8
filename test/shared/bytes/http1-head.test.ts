import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerFraming, readRequestHead, readResponseHead } from '../../../shared/bytes/http1-head.ts';

const request = (...lines: string[]): ReturnType<typeof readRequestHead> => readRequestHead(lines.join('\r\n'));
const response = (...lines: string[]): ReturnType<typeof readResponseHead> =>
  readResponseHead(`${lines.join('\r\n')}\r\n`);

describe('request heads', () => {
  it('keep case, order, duplicates, empty values and Latin-1 bytes', () => {
    const head = request(
      'GET /a%20b?q=\xe9 HTTP/1.1',
      'HOST: x',
      'b: 1',
      'A:2',
      'b: 3',
      'Empty:',
      'Name:\t caf\xe9 au lait \t',
    );
    expect(head).toMatchObject({
      method: 'GET',
      target: '/a%20b?q=\xe9',
      minor: 1,
      host: 'x',
      framing: { kind: 'none' },
      fields: ['HOST', 'x', 'b', '1', 'A', '2', 'b', '3', 'Empty', '', 'Name', 'caf\xe9 au lait'],
    });
  });

  it.each([
    ['both lengths', 'Content-Length: 3\r\nTransfer-Encoding: chunked', 400],
    ['two lengths', 'Content-Length: 3\r\nContent-Length: 4', 400],
    ['the same length twice', 'Content-Length: 3\r\ncontent-length: 3', 400],
    ['a signed length', 'Content-Length: +4', 400],
    ['a negative length', 'Content-Length: -1', 400],
    ['a hex length', 'Content-Length: 0x10', 400],
    ['a list of lengths', 'Content-Length: 5, 5', 400],
    ['an empty length', 'Content-Length:', 400],
    ['a length beyond counting', 'Content-Length: 99999999999999999999', 400],
    ['xchunked', 'Transfer-Encoding: xchunked', 400],
    ['chunked not last', 'Transfer-Encoding: chunked, identity', 400],
    ['chunked twice', 'Transfer-Encoding: chunked, chunked', 400],
    ['chunked in two headers', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', 400],
    ['chunked with a tab inside', 'Transfer-Encoding: chun\tked', 400],
    ['a coding we do not undo', 'Transfer-Encoding: gzip, chunked', 501],
    ['two Hosts', 'Host: y', 400],
    ['a folded line', 'A: b\r\n c', 400],
    ['a bare LF', 'A: b\nC: d', 400],
    ['a bare CR', 'A: b\rC: d', 400],
    ['a NUL', 'A: b\0c', 400],
    ['another control character', 'A: b\x01c', 400],
    ['DEL', 'A: b\x7f', 400],
    ['space before the colon', 'A : b', 400],
    ['no colon', 'Ab', 400],
    ['an empty name', ': b', 400],
    ['a name that is no token', 'A(b): c', 400],
  ])('with %s are refused', (_what, lines, status) => {
    expect(request('POST / HTTP/1.1', 'Host: x', lines)).toMatchObject({ fault: expect.any(String) as string, status });
  });

  it.each([
    ['GET /', 400],
    ['GET / HTTP/1.2', 400],
    ['GET / HTTP/2.0', 505],
    ['GET  / HTTP/1.1', 400],
    ['GET / x HTTP/1.1', 400],
    ['GET /\t HTTP/1.1', 400],
    [' GET / HTTP/1.1', 400],
    ['G(T / HTTP/1.1', 400],
    ['GET / http/1.1', 400],
    ['GET /\0 HTTP/1.1', 400],
    ['', 400],
  ])('with the request line “%s” are refused', (line, status) => {
    expect(request(line, 'Host: x')).toMatchObject({ status });
  });

  it('need a Host in HTTP/1.1 and not in HTTP/1.0', () => {
    expect(request('GET / HTTP/1.1')).toHaveProperty('fault');
    expect(request('GET / HTTP/1.0')).toMatchObject({ host: null, minor: 0 });
    expect(request('POST / HTTP/1.0', 'Transfer-Encoding: chunked')).toHaveProperty('fault');
  });

  it('say their framing, connection tokens, upgrade and expectation', () => {
    expect(
      request(
        'POST / HTTP/1.1',
        'Host: x',
        'Transfer-Encoding: Chunked',
        'Connection: close, X-A',
        'Connection: upgrade',
        'Upgrade: websocket',
        'Expect: 100-Continue',
      ),
    ).toMatchObject({
      framing: { kind: 'chunked' },
      connection: ['close', 'x-a', 'upgrade'],
      upgrade: 'websocket',
      expectsContinue: true,
    });
    expect(request('POST / HTTP/1.1', 'Host: x', 'Content-Length: 0042')).toMatchObject({
      framing: { kind: 'length', length: 42 },
    });
  });
});

describe('answer heads', () => {
  it('are repaired where RFC 9112 has a proxy repair, and say so', () => {
    expect(response('HTTP/1.1 200 OK', 'A: b', ' c', 'D : e')).toMatchObject({
      fields: ['A', 'b c', 'D', 'e'],
      repaired: true,
    });
    expect(readResponseHead('HTTP/1.1 200 OK\nA: b\n')).toMatchObject({ fields: ['A', 'b'], repaired: true });
    expect(response('HTTP/1.1 200 OK', 'Content-Length: 5', 'Transfer-Encoding: chunked')).toMatchObject({
      fields: ['Transfer-Encoding', 'chunked'],
      framing: { kind: 'chunked' },
      repaired: true,
    });
    expect(response('HTTP/1.1 200 OK', 'Content-Length: 5', 'Content-Length: 5')).toMatchObject({
      fields: ['Content-Length', '5'],
      repaired: true,
    });
  });

  it.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6'],
    ['a signed length', 'Content-Length: +5'],
    ['a strange coding', 'Transfer-Encoding: xchunked'],
    ['a NUL', 'A: \0'],
    ['a bare CR', 'A: b\rC: d'],
    ['a folded length', 'Content-Length: 5\r\n 6'],
  ])('with %s are faults', (_what, lines) => {
    expect(response('HTTP/1.1 200 OK', lines)).toHaveProperty('fault');
  });

  it.each([
    'HTTP/1.1 20 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1',
    'HTTP/2 200',
    'ICY 200 OK',
    'HTTP/1.1 099 No',
    'HTTP/1.1 200 O\0K',
    '',
  ])('starting with “%s” are faults', (line) => {
    expect(response(line)).toHaveProperty('fault');
  });

  it('may have no reason phrase, or one in Latin-1', () => {
    expect(response('HTTP/1.1 200')).toMatchObject({ status: 200, reason: '' });
    expect(response('HTTP/1.0 404 introuvable \xe9', 'Keep-Alive: timeout=7, max=100')).toMatchObject({
      status: 404,
      reason: 'introuvable \xe9',
      minor: 0,
      keepAliveSeconds: 7,
    });
  });

  it('have no body after HEAD and with 1xx, 204 and 304, whatever their headers say', () => {
    const framingOf = (line: string, method: string): string => {
      const head = response(line, 'Content-Length: 5');
      if ('fault' in head) throw new Error(head.fault);
      return answerFraming(head, method).kind;
    };
    expect(framingOf('HTTP/1.1 200 OK', 'HEAD')).toBe('none');
    expect(framingOf('HTTP/1.1 103 Early Hints', 'GET')).toBe('none');
    expect(framingOf('HTTP/1.1 204 No Content', 'GET')).toBe('none');
    expect(framingOf('HTTP/1.1 304 Not Modified', 'GET')).toBe('none');
    expect(framingOf('HTTP/1.1 200 OK', 'GET')).toBe('length');
  });
});

describe('any text', () => {
  const anyText = fc.oneof(
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
    fc
      .array(
        fc.constantFrom(
          'GET / HTTP/1.1',
          'HTTP/1.1 200 OK',
          '\r\n',
          '\n',
          '\r',
          'Host: x',
          'Content-Length: 3',
          'Transfer-Encoding: chunked',
          ' ',
          '\t',
          ':',
          '\0',
          'a',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  );
  it('gives a head or a fault, and a head holds no byte that could end a line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const head of [readRequestHead(text), readResponseHead(text)]) {
          if ('fault' in head) continue;
          for (const part of [...head.fields, 'target' in head ? head.target : head.reason])
            expect(part).not.toMatch(/[\r\n\0]/);
        }
      }),
    );
  });
});
