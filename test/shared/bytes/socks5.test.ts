import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createSocks5Client,
  createSocks5Server,
  socks5Reply,
  type Socks5Side,
  type Socks5Step,
} from '../../../shared/bytes/socks5.ts';
import { bytesOf, cutAnywhere, cuttings } from '../../harness/cut.ts';

const feed = (side: Socks5Side, chunks: Uint8Array[]) => chunks.flatMap((chunk) => side.push(chunk));

/** Steps with what follows the request joined: how it was cut is the caller's business. */
function serve(chunks: Uint8Array[], options?: Parameters<typeof createSocks5Server>[0]): Socks5Step[] {
  const side = createSocks5Server(options);
  const steps: Socks5Step[] = [];
  for (const [i, chunk] of chunks.entries()) {
    steps.push(...side.push(chunk));
    const last = steps.at(-1);
    if (last?.type === 'request') {
      const rest = [last.rest, ...chunks.slice(i + 1)].flatMap((part) => [...part]);
      return [...steps.slice(0, -1), { ...last, rest: Uint8Array.from(rest) }];
    }
  }
  return steps;
}

const send = (...bytes: number[]): Socks5Step => ({ type: 'send', bytes: Uint8Array.from(bytes) });
const request = (host: string, port: number, extra: object = {}) => ({
  type: 'request',
  host,
  port,
  user: null,
  password: null,
  rest: new Uint8Array(0),
  ...extra,
});
const GREETING = '\x05\x01\x00';

describe('the server side', () => {
  it.each<[string, string, Socks5Step[]]>([
    [
      'a name',
      `${GREETING}\x05\x01\x00\x03\x0bexample.com\x01\xbb`,
      [send(5, 0), request('example.com', 443) as Socks5Step],
    ],
    [
      'an IPv4 address',
      `${GREETING}\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50`,
      [send(5, 0), request('127.0.0.1', 80) as Socks5Step],
    ],
    [
      'an IPv6 address',
      `${GREETING}\x05\x01\x00\x04\x20\x01\x0d\xb8${'\0'.repeat(11)}\x07\x00\x50`,
      [send(5, 0), request('2001:db8::7', 80) as Socks5Step],
    ],
    [
      'a name, with bytes sent ahead',
      `${GREETING}\x05\x01\x00\x03\x01a\x00\x50GET /`,
      [send(5, 0), request('a', 80, { rest: bytesOf('GET /') }) as Socks5Step],
    ],
    [
      'a name with credentials',
      '\x05\x03\x00\x01\x02\x01\x05my-ap\x03s\xc3\xa9\x05\x01\x00\x03\x01a\x00\x50',
      [send(5, 2), send(1, 0), request('a', 80, { user: 'my-ap', password: 'sé' }) as Socks5Step],
    ],
    [
      'empty credentials',
      '\x05\x01\x02\x01\x00\x00\x05\x01\x00\x03\x01a\x00\x50',
      [send(5, 2), send(1, 0), request('a', 80, { user: '', password: '' }) as Socks5Step],
    ],
  ])('is asked for %s; rule 1: however it is cut', (_what, text, steps) => {
    for (const chunks of cuttings(bytesOf(text))) expect(serve(chunks)).toEqual(steps);
  });

  it.each<[string, string, Socks5Step[], string]>([
    ['another version', '\x04\x01', [], 'it does not start as SOCKS 5'],
    [
      'no method that we know',
      '\x05\x01\x01',
      [send(5, 0xff)],
      'the client offers no way of authentication that we know',
    ],
    ['no methods at all', '\x05\x00', [send(5, 0xff)], 'the client offers no way of authentication that we know'],
    [
      'BIND',
      `${GREETING}\x05\x02\x00\x01\x7f\0\0\x01\x00\x50`,
      [send(5, 0), { type: 'send', bytes: socks5Reply(7) }],
      'the command 2 is not supported, only CONNECT is',
    ],
    [
      'UDP ASSOCIATE',
      `${GREETING}\x05\x03\x00\x01\x7f\0\0\x01\x00\x50`,
      [send(5, 0), { type: 'send', bytes: socks5Reply(7) }],
      'the command 3 is not supported, only CONNECT is',
    ],
    [
      'an unknown address type',
      `${GREETING}\x05\x01\x00\x02`,
      [send(5, 0), { type: 'send', bytes: socks5Reply(8) }],
      'the address type 2 is not known',
    ],
    [
      'an empty name',
      `${GREETING}\x05\x01\x00\x03\x00\x00\x50`,
      [send(5, 0), { type: 'send', bytes: socks5Reply(1) }],
      'the host name has characters that no host name can have',
    ],
    [
      'a name with a NUL',
      `${GREETING}\x05\x01\x00\x03\x03a\0b\x00\x50`,
      [send(5, 0), { type: 'send', bytes: socks5Reply(1) }],
      'the host name has characters that no host name can have',
    ],
    [
      'port 0',
      `${GREETING}\x05\x01\x00\x03\x01a\x00\x00`,
      [send(5, 0), { type: 'send', bytes: socks5Reply(1) }],
      'the port 0 cannot be connected to',
    ],
    [
      'a request of another version',
      `${GREETING}\x04`,
      [send(5, 0), { type: 'send', bytes: socks5Reply(1) }],
      'the request does not start as SOCKS 5',
    ],
    [
      'credentials of another version',
      '\x05\x01\x02\x05',
      [send(5, 2), send(1, 1)],
      'the credentials have an unknown version',
    ],
  ])('refuses %s; rule 1: however it is cut', (_what, text, steps, reason) => {
    for (const chunks of cuttings(bytesOf(text)))
      expect(serve(chunks)).toEqual([
        ...steps,
        { type: 'failed', reason, code: expect.toSatisfy((code) => code === null || typeof code === 'number') },
      ]);
  });

  it('refuses credentials that are not accepted, and reads nothing more', () => {
    const side = createSocks5Server({ accept: (user, password) => user === 'a' && password === 'b' });
    const steps = feed(side, [bytesOf('\x05\x01\x02\x01\x01a\x01c\x05\x01\x00\x03\x01a\x00\x50')]);
    expect(steps).toEqual([
      send(5, 2),
      send(1, 1),
      { type: 'failed', reason: 'the user or password is wrong or missing', code: null },
    ]);
    expect(side.push(bytesOf('\x05\x01\x00'))).toEqual([]);
  });

  it('where credentials are required, a client that offers none is told that no way will do (RFC 1928 §3)', () => {
    const side = createSocks5Server({ accept: () => true, required: true });
    expect(feed(side, [bytesOf('\x05\x01\x00')])).toEqual([
      send(5, 0xff),
      { type: 'failed', reason: 'the user or password is wrong or missing', code: null },
    ]);
  });

  it('rule 2 and 1: any bytes, cut anywhere', () => {
    const start = fc.constantFrom(
      '',
      GREETING,
      '\x05\x01\x02\x01',
      `${GREETING}\x05\x01\x00\x03`,
      `${GREETING}\x05\x01\x00\x01`,
    );
    const bytes = fc
      .tuple(start, fc.uint8Array({ maxLength: 40 }))
      .map(([text, tail]) => Uint8Array.from([...bytesOf(text), ...tail]));
    fc.assert(
      fc.property(cutAnywhere(bytes), ({ bytes: whole, chunks }) => {
        expect(serve(chunks)).toEqual(serve([whole]));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the client side', () => {
  const open = { type: 'open', rest: bytesOf('hi') };

  it('asks without credentials, by name, IPv4 and IPv6; rule 1: however the answer is cut', () => {
    for (const [host, place] of [
      ['example.com', '\x03\x0bexample.com'],
      ['10.0.0.1', '\x01\x0a\0\0\x01'],
      ['::1', `\x04${'\0'.repeat(15)}\x01`],
    ] as const) {
      for (const bound of ['\x01\0\0\0\0\0\0', '\x03\x02ab\0\0', `\x04${'\0'.repeat(18)}`]) {
        for (const chunks of cuttings(bytesOf(`\x05\x00\x05\x00\x00${bound}`))) {
          const client = createSocks5Client({ host, port: 258 });
          expect(client.greeting).toEqual(bytesOf('\x05\x01\x00'));
          expect(feed(client, chunks)).toEqual([
            { type: 'send', bytes: bytesOf(`\x05\x01\x00${place}\x01\x02`) },
            { type: 'open', rest: new Uint8Array(0) },
          ]);
        }
      }
    }
  });

  it('gives credentials when asked, and hands on what came through the open way', () => {
    const client = createSocks5Client({ host: 'a', port: 80, user: 'me', password: 'x' });
    expect(client.greeting).toEqual(bytesOf('\x05\x02\x00\x02'));
    expect(feed(client, [bytesOf('\x05\x02')])).toEqual([{ type: 'send', bytes: bytesOf('\x01\x02me\x01x') }]);
    expect(feed(client, [bytesOf('\x01\x00')])).toEqual([
      { type: 'send', bytes: bytesOf('\x05\x01\x00\x03\x01a\x00\x50') },
    ]);
    expect(feed(client, [bytesOf('\x05\x00\x00\x01\0\0\0\0\0\0hi')])).toEqual([open]);
  });

  it.each([
    ['HTTP/1.1 400', 'the proxy does not answer as SOCKS 5', null],
    ['\x05\xff', 'the proxy wants credentials', null],
    ['\x05\x02', 'the proxy wants credentials', null],
    ['\x05\x00\x05\x05\x00\x01', 'the proxy says: connection refused', 5],
    ['\x05\x00\x05\x63', 'the proxy says: error 99', 99],
    ['\x05\x00\x04', 'the proxy does not answer as SOCKS 5', null],
  ])('%j: %s', (answer, reason, code) => {
    for (const chunks of cuttings(bytesOf(answer)))
      expect(feed(createSocks5Client({ host: 'a', port: 80 }), chunks).at(-1)).toEqual({
        type: 'failed',
        reason,
        code,
      });
  });

  it('refuses to start with what SOCKS cannot carry', () => {
    expect(() => createSocks5Client({ host: 'h'.repeat(256), port: 1 })).toThrow(/host name is longer/);
    expect(() => createSocks5Client({ host: 'a', port: 1, user: 'ü'.repeat(128) })).toThrow(/user is longer/);
  });
});

it('both sides understand each other', () => {
  const names = fc.oneof(fc.domain(), fc.ipV4(), fc.constantFrom('::1', '2001:db8::7'));
  const user = fc.option(fc.string({ maxLength: 60 }), { nil: null });
  fc.assert(
    fc.property(
      names,
      fc.integer({ min: 1, max: 65_535 }),
      user,
      fc.string({ maxLength: 60 }),
      (host, port, name, password) => {
        const client = createSocks5Client({ host, port, user: name, password });
        const server = createSocks5Server();
        let toServer = [client.greeting];
        let asked: Socks5Step | undefined;
        let opened = false;
        for (let turn = 0; turn < 6; turn++) {
          const steps = feed(server, toServer);
          asked ??= steps.find((step) => step.type === 'request');
          const toClient = steps.flatMap((step) =>
            step.type === 'send' ? [step.bytes] : step.type === 'request' ? [socks5Reply(0)] : [],
          );
          const back = feed(client, toClient);
          opened ||= back.some((step) => step.type === 'open');
          toServer = back.flatMap((step) => (step.type === 'send' ? [step.bytes] : []));
        }
        expect(asked).toMatchObject({ host, port, user: name, password: name === null ? null : password });
        expect(opened).toBe(true);
      },
    ),
  );
});
