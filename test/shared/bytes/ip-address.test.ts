import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIpAddress, writeIpAddress } from '../../../shared/bytes/ip-address.ts';

describe('IP addresses', () => {
  it('written by us are read by us and by Node, and are the same address', () => {
    const address = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: 16, maxLength: 16 }).map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(address, (bytes) => {
        const text = writeIpAddress(bytes);
        expect(readIpAddress(text)).toEqual(bytes);
        expect(isIP(text)).toBe(bytes.length === 4 ? 4 : 6);
      }),
    );
  });

  it('are what Node takes for one, zones aside', () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.stringMatching(/^[0-9a-f:.]{1,20}$/),
      fc.ipV6().map((ip) => `${ip}:1`),
      fc.ipV4().map((ip) => `0${ip}`),
    );
    fc.assert(
      fc.property(text, (ip) => {
        expect(readIpAddress(ip) !== null).toBe(isIP(ip) !== 0);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::', '::'],
    ['1::', '1::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ])('%s is written %s', (text, short) => expect(writeIpAddress(readIpAddress(text) ?? new Uint8Array(4))).toBe(short));
});
