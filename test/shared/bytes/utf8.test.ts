import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readUtf8, writeUtf8 } from '../../../shared/bytes/utf8.ts';

it('writes what TextEncoder writes and reads it back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(writeUtf8(text)).toEqual(new TextEncoder().encode(text));
      expect(readUtf8(writeUtf8(text))).toBe(text.toWellFormed());
    }),
  );
});

it('reads bytes that are not UTF-8 as Latin-1', () => expect(readUtf8(Uint8Array.of(0x62, 0xfc, 0x63))).toBe('büc'));
