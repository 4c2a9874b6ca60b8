import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestReader } from '../../../../electron/engine/capture/proxy/request-reader.ts';
import { bytesOf, cutAnywhere, cuttings } from '../../../harness/cut.ts';

/** What the reader says of a connection's bytes, each request answered as soon as it is complete. */
function read(chunks: Iterable<Uint8Array>, limit = 4096): string[] {
  const said: string[] = [];
  let body = '';
  const finish = (): void => {
    if (body !== '') said.push(`body ${body}`);
    body = '';
  };
  const reader = new RequestReader(
    {
      onHead(head) {
        said.push(`${head.method} ${head.target}`);
        return head.method === 'CONNECT' ? 'stop' : 'go-on';
      },
      onBody(piece) {
        body += piece.toString('latin1');
      },
      onComplete(trailers) {
        finish();
        said.push(`complete ${trailers.join(' ')}`);
        reader.goOn();
      },
      onBroken(detail) {
        finish();
        said.push(`broken ${detail}`);
      },
      onRefused(failure, status) {
        said.push(`refused ${status} ${failure.kind}`);
      },
    },
    limit,
  );
  for (const chunk of chunks) {
    reader.push(Buffer.from(chunk), false);
    // Requests without a body are 'waiting' at once; their answer comes later than the read.
    while (reader.state === 'waiting') {
      reader.goOn();
      reader.readHeld();
    }
  }
  finish();
  if (reader.state === 'stopped') said.push(`left ${reader.stop().toString('latin1')}`);
  return said;
}

describe('the requests of a connection', () => {
  const stream = bytesOf(
    '\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello' +
      '\r\n\r\nPUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\nGET /d HTTP/1.1\r\nHost: x\r\n\r\n',
  );
  const expected = ['GET /a', 'POST /b', 'body hello', 'complete ', 'PUT /c', 'body abcde', 'complete T 1', 'GET /d'];

  it('are the same however their bytes are cut', () => {
    for (const chunks of cuttings(stream)) expect(read(chunks)).toEqual(expected);
    fc.assert(
      fc.property(cutAnywhere(fc.constant(stream)), ({ chunks }) => {
        expect(read(chunks)).toEqual(expected);
      }),
    );
  });

  it('end with CONNECT: what follows is left for the tunnel', () => {
    const bytes = bytesOf('CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n\x16\x03\x01');
    expect(read([bytes])).toEqual(['CONNECT x:443', 'left \x16\x03\x01']);
  });

  it.each([
    [
      'a smuggling head',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n',
      ['refused 400 malformed-request'],
    ],
    [
      'a head of bare LFs',
      'GET / HTTP/1.1\nHost: x\n\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n',
      ['refused 400 malformed-request'],
    ],
    ['a head without end', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(5000)}`, ['refused 431 request-too-large']],
    [
      'a broken body',
      'POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcGET /evil HTTP/1.1\r\nHost: x\r\n\r\n',
      ['POST /b', 'body abc', expect.stringMatching(/^broken /)],
    ],
  ])('after %s are believed no more, however they are cut', (_what, text, says) => {
    for (const chunks of cuttings(bytesOf(text))) {
      expect(read(chunks).filter((line) => !line.startsWith('left '))).toEqual(says);
    }
  });
});

describe('any bytes', () => {
  const pieces = [
    'GET / HTTP/1.1\r\nHost: x\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n',
    'Transfer-Encoding: chunked\r\n',
    '\r\n',
    '4\r\nabcd\r\n',
    '0\r\n\r\n',
    '\n',
    '\r',
    'abcd',
    '\0',
  ];
  it('give the same requests however they are cut', () => {
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => bytesOf(parts.join('')));
    // Where a refusal stands can depend on the cut (a bare LF is seen before the head is complete);
    // what was accepted before it must not.
    const accepted = (said: string[]): string[] => said.filter((line) => !/^(refused|left|broken)/.test(line));
    fc.assert(
      fc.property(cutAnywhere(text), ({ bytes, chunks }) => {
        expect(accepted(read(chunks))).toEqual(accepted(read([bytes])));
      }),
      { numRuns: 500 },
    );
  });
});
