import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sniff, SNIFF_LIMIT } from '../../../shared/bytes/sniff.ts';
import { bytesOf } from '../../harness/cut.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** What a connection is taken for when its bytes come one by one. */
function sniffSlowly(bytes: Uint8Array): string {
  for (let length = 0; length <= bytes.length; length++) {
    const said = sniff(bytes.slice(0, length));
    if (said !== 'need-more') return said;
  }
  return 'need-more';
}

describe('sniff', () => {
  it.each([
    ['\x05\x01\x00', 'socks5'],
    ['\x04\x01\x00\x50', 'socks4'],
    ['\x16\x03\x01\x02\x00', 'tls'],
    ['\x16\x03', 'tls'],
    ['\x16', 'need-more'],
    ['\x16\x02', 'unknown'],
    [PREFACE, 'h2-preface'],
    [`${PREFACE}\0\0\0\x04`, 'h2-preface'],
    [PREFACE.slice(0, -1), 'need-more'],
    ['PRI * HTTP/2.0\r\n\r\nXX', 'http1'],
    ['PRI /path HTTP/1.1\r\n', 'http1'],
    ['GET / HTTP/1.1\r\n', 'http1'],
    ['GET', 'need-more'],
    ['POST ', 'http1'],
    ['get ', 'http1'],
    ["M-SEARCH!#$%&'*+.^_`|~ *", 'http1'],
    ['\r\nGET / HTTP/1.1', 'http1'],
    ['\r\n\r\nGET /', 'http1'],
    ['\r\n', 'need-more'],
    ['\r', 'need-more'],
    ['\rGET /', 'unknown'],
    ['\n', 'unknown'],
    ['\nGET /', 'unknown'],
    ['\r\n\r\n\r\nGET /', 'unknown'],
    [`${'M'.repeat(64)} /`, 'http1'],
    [`${'M'.repeat(SNIFF_LIMIT)} /`, 'unknown'],
    ['M'.repeat(100_000), 'unknown'],
    [' GET /', 'unknown'],
    ['SSH-2.0-OpenSSH_9.2p1 Debian-2', 'unknown'],
    ['{"jsonrpc":"2.0"}', 'unknown'],
    ['GET\t/', 'unknown'],
    ['*1\r\n$4\r\nPING\r\n', 'unknown'],
    ['\0\0\0\x08\x04\xd2\x16\x2f', 'unknown'],
    ['', 'need-more'],
    ['\xff\xfe', 'unknown'],
  ])('%j is %s', (text, kind) => {
    expect(sniff(bytesOf(text))).toBe(kind);
    expect(sniffSlowly(bytesOf(text))).toBe(kind); // rule 1
  });

  it('rule 1: says the same of any bytes, whole or one by one, and has decided by its limit', () => {
    const start = fc.constantFrom('', 'PRI * HTTP/2.0\r\n', 'GET ', '\r\n', 'M'.repeat(60), '\x16\x03');
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 80 }), (text, tail) => {
        const bytes = Uint8Array.from([...bytesOf(text), ...tail]);
        expect(sniffSlowly(bytes)).toBe(sniff(bytes));
        if (bytes.length > SNIFF_LIMIT) expect(sniff(bytes)).not.toBe('need-more');
      }),
      { numRuns: 500 },
    );
  });
});
