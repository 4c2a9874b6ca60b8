import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAuthority } from '../../../shared/bytes/authority-form.ts';

describe('an authority', () => {
  it.each([
    ['example.com:443', 'example.com', 443, false],
    ['Example.COM', 'Example.COM', null, false],
    ['[::1]:8080', '::1', 8080, true],
    ['[2001:db8::1]', '2001:db8::1', null, true],
    ['127.0.0.1:1', '127.0.0.1', 1, false],
    ['a:65535', 'a', 65535, false],
    ['bücher.example:80', 'bücher.example', 80, false],
    ['under_score.example:80', 'under_score.example', 80, false],
    ['a%2Eb:80', 'a%2Eb', 80, false],
    ['x.:00080', 'x.', 80, false],
  ])('%s is read', (text, host, port, ipv6) => expect(readAuthority(text)).toEqual({ ok: true, host, port, ipv6 }));

  it.each([
    '',
    ':80',
    'a:',
    'a:0',
    'a:65536',
    'a:70000',
    'a:+80',
    'a:-1',
    'a: 80',
    'a:80 ',
    ' a:80',
    'a:0x50',
    'a:8e1',
    'a:000080',
    'a:b:80',
    '::1',
    '::1:80',
    '[::1',
    '[::1]80',
    '[::1]:',
    '[]:80',
    '[example.com]:80',
    '[127.0.0.1]:80',
    '[::1%25eth0]:80',
    '[fe80::1%eth0]:80',
    'user@a:80',
    'a/b:80',
    'a?b',
    'a#b',
    'a\\b',
    'a b',
    'a\0b:80',
    'a\r\nb:80',
    'a\x7f',
    'a%zz',
    'a%2',
    '\x80',
    'h'.repeat(256),
  ])('rule 5: %j is refused with a reason', (text) =>
    expect(readAuthority(text)).toEqual({ ok: false, reason: expect.stringMatching(/^the |^an /) }),
  );

  it('rule 2: any text is read or refused; what is read comes back to the same text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.domain(), fc.integer({ min: -2, max: 70_000 })).map(([host, port]) => `${host}:${port}`),
      fc.ipV6().map((ip) => `[${ip}]:1`),
    );
    fc.assert(
      fc.property(text, (authority) => {
        const read = readAuthority(authority);
        if (!read.ok) return;
        const host = read.ipv6 ? `[${read.host}]` : read.host;
        expect(authority.replace(/:0+/, ':')).toBe(
          read.port === null ? host : `${host}:${read.port}`.replace(/:0+/, ':'),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
