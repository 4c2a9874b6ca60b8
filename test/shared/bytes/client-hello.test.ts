import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLIENT_HELLO_LIMIT, readClientHello } from '../../../shared/bytes/client-hello.ts';
import { captureHello } from '../../harness/captured-hello.ts';
import { cuttings } from '../../harness/cut.ts';

const u16 = (n: number) => [n >> 8, n & 255];
const sized = (bytes: number[]) => [...u16(bytes.length), ...bytes];
const text = (value: string) => [...Buffer.from(value, 'latin1')];
const extension = (type: number, data: number[]) => [...u16(type), ...sized(data)];
const serverName = (name: string) => extension(0, sized([0, ...sized(text(name))]));

function helloMessage(extensions: number[] | null, version = 0x0303): number[] {
  const body = [
    ...u16(version),
    ...new Uint8Array(32),
    0,
    ...sized([0x13, 0x01, 0x2a, 0x2a]),
    1,
    0,
    ...(extensions ? sized(extensions) : []),
  ];
  return [1, 0, ...sized(body)];
}

/** The message in records of at most `size` bytes. */
function inRecords(message: number[], size = 16_384): Uint8Array {
  const records: number[] = [];
  for (let at = 0; at < message.length; at += size) records.push(0x16, 3, 1, ...sized(message.slice(at, at + size)));
  return Uint8Array.from(records);
}

describe('a ClientHello', () => {
  it('of Node says name, protocols and versions; rule 1: and no sooner than it is whole', async () => {
    const bytes = await captureHello({ servername: 'api.example.com', ALPNProtocols: ['h2', 'http/1.1'] });
    expect(readClientHello(bytes)).toEqual({
      state: 'done',
      serverName: 'api.example.com',
      alpn: ['h2', 'http/1.1'],
      versions: ['TLSv1.3', 'TLSv1.2'],
    });
    for (let length = 0; length < bytes.length; length++)
      expect(readClientHello(bytes.slice(0, length)).state).toBe('need-more');
  });

  it('of a TLS 1.2 client without a name', async () => {
    expect(readClientHello(await captureHello({ maxVersion: 'TLSv1.2' }))).toEqual({
      state: 'done',
      serverName: null,
      alpn: [],
      versions: ['TLSv1.2'],
    });
  });

  it('is read over records cut as small as one byte, with bytes after it', () => {
    const message = helloMessage([...serverName('a.example'), ...extension(16, sized([2, ...text('h2')]))]);
    for (const size of [1, 2, 3, 5, 50, message.length]) {
      expect(readClientHello(Uint8Array.from([...inRecords(message, size), 0x14, 3, 3, 0, 1, 1]))).toMatchObject({
        state: 'done',
        serverName: 'a.example',
        alpn: ['h2'],
      });
    }
  });

  it('rule 1: grows without changing its mind', () => {
    const bytes = inRecords(helloMessage(serverName('a.example')), 40);
    for (const chunks of cuttings(bytes)) {
      let so: number[] = [];
      const states = chunks.map((chunk) => readClientHello(Uint8Array.from((so = [...so, ...chunk]))).state);
      expect(states.pop()).toBe('done');
      expect(states.every((state) => state === 'need-more')).toBe(true);
    }
  });

  it('leaves GREASE out and reads the outer name of an encrypted hello', () => {
    const extensions = [
      ...extension(0x3a3a, [1]),
      ...extension(0xfe0d, text('sealed')),
      ...serverName('outer.example'),
      ...extension(16, sized([2, 0x8a, 0x8a, 2, ...text('h2')])),
      ...extension(43, [6, 0x4a, 0x4a, 3, 4, 3, 3]),
      ...extension(0x7a7a, []),
    ];
    expect(readClientHello(inRecords(helloMessage(extensions)))).toEqual({
      state: 'done',
      serverName: 'outer.example',
      alpn: ['h2'],
      versions: ['TLSv1.3', 'TLSv1.2'],
    });
  });

  it('of the old kind ends without extensions', () => {
    expect(readClientHello(inRecords(helloMessage(null, 0x0301)))).toEqual({
      state: 'done',
      serverName: null,
      alpn: [],
      versions: ['TLSv1'],
    });
  });

  it.each([['a\0b'], ['a b'], ['\xfc'], ['']])('with the name %j has none', (name) => {
    expect(readClientHello(inRecords(helloMessage(serverName(name))))).toMatchObject({
      state: 'done',
      serverName: null,
    });
  });

  it.each([
    ['HTTP', [...text('GET / HTTP/1.1\r\n\r\n')]],
    ['an alert', [0x15, 3, 3, 0, 2, 2, 40]],
    ['a server hello', [...inRecords([2, 0, 0, 4, 1, 2, 3, 4])]],
    ['an empty record', [0x16, 3, 1, 0, 0]],
    ['a record beyond 2^14', [0x16, 3, 1, 0x40, 1]],
    ['SSLv2', [0x80, 0x2e, 1, 3, 1]],
    ['another record in between', [...inRecords(helloMessage(null), 10).slice(0, 15), 0x17]],
    ['an extension that ends after the rest', [...inRecords(helloMessage([0, 0, 0, 9, 1]))]],
    ['a message longer than what it holds', [...inRecords([1, 0, 0, 40, ...new Uint8Array(40).fill(255)])]],
    ['a hello beyond the limit', [0x16, 3, 1, 0, 4, 1, 1, 0, 0]],
  ])('%s is none', (_what, bytes) => expect(readClientHello(Uint8Array.from(bytes)).state).toBe('not-tls'));

  it('rule 3: a hello that never ends is given up at the limit', () => {
    const endless = new Uint8Array(CLIENT_HELLO_LIMIT + 6 * 40_000);
    for (let at = 0, i = 0; at + 6 <= endless.length; at += 6, i++)
      endless.set([0x16, 3, 1, 0, 1, [1, 0, 255, 0][i] ?? 0], at);
    expect(readClientHello(endless.subarray(0, CLIENT_HELLO_LIMIT)).state).toBe('need-more');
    expect(readClientHello(endless.subarray(0, CLIENT_HELLO_LIMIT + 12)).state).toBe('not-tls');
  });

  it('rule 2: any bytes are read or refused', () => {
    const message = helloMessage([
      ...serverName('a.example'),
      ...extension(16, sized([2, ...text('h2')])),
      ...extension(43, [2, 3, 4]),
    ]);
    const bent = fc
      .tuple(fc.nat(message.length - 1), fc.nat(255), fc.integer({ min: 1, max: 200 }))
      .map(([at, byte, size]) => inRecords(message.with(at, byte), size));
    fc.assert(
      fc.property(fc.oneof(bent, fc.uint8Array({ maxLength: 100 })), (bytes) => {
        expect(['done', 'need-more', 'not-tls']).toContain(readClientHello(bytes).state);
      }),
      { numRuns: 2000 },
    );
  });
});
