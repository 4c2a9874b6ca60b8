import fc from 'fast-check';
import { expect, it } from 'vitest';
import { headLines, LINE, lineValue } from '../../../shared/vendors/head-lines.ts';

const name = fc.constantFrom(
  'Date',
  'Server',
  'Stripe-Version',
  'stripe-version',
  'X-RateLimit-Remaining',
  'Link',
  'Linkedin-Version',
  'Accept',
  'Accept-Ranges',
  'Authorization',
  'X-Api-Key',
  'Sunset',
  'X-Request-Id',
  'Retry-After',
);
const value = fc.string({ unit: fc.constantFrom('a', '7', ' ', ':', '=', 'é'), maxLength: 12 });
const line = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(name, value).map(([field, said]) => `${field}: ${said}`) },
  { weight: 1, arbitrary: fc.constantFrom('', 'no colon', 'Stripe-Version', `${'x'.repeat(90)}: 1`) },
);
const block = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\r\n', '\n'))
  .map(([lines, end]) => lines.map((one) => one + end).join(''));

/** What is found, taken out: it is good until the next block only. */
function found(text: string): [name: string, value: string, kind: number][] {
  const lines = headLines(text);
  return Array.from({ length: lines.count }, (_, index) => [
    lines.names[index]!,
    lineValue(text, lines, index),
    lines.kinds[index]!,
  ]);
}

const WANTED: Readonly<Record<string, number>> = {
  date: LINE.beside,
  'stripe-version': LINE.version,
  'x-ratelimit-remaining': LINE.limit,
  link: LINE.link,
  'linkedin-version': LINE.version | LINE.link,
  accept: LINE.accept,
  authorization: LINE.key,
  'x-api-key': LINE.key,
  sunset: LINE.notice,
  'retry-after': LINE.limit,
};

it('finds in any block what is there, whatever blocks were seen before it', () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 8 }), (blocks) => {
      for (const text of [...blocks, ...blocks]) {
        const expected = text.split('\n').flatMap((one) => {
          const colon = one.indexOf(':');
          const field = one.slice(0, Math.max(colon, 0)).toLowerCase();
          return WANTED[field] === undefined ? [] : [[field, one.slice(colon + 1).trim(), WANTED[field]]];
        });
        expect(found(text)).toEqual(expected);
      }
    }),
    { numRuns: 300 },
  );
});

it('finds the same when more orders of names were seen than it remembers', () => {
  const text = 'Server: a\r\nStripe-Version: 2025-01-01\r\nDate: b\r\n';
  const before = found(text);
  for (let index = 0; index < 21_000; index += 1) headLines(`X-${index}: 1\r\nStripe-Version: ${index}\r\n`);
  expect(found(text)).toEqual(before);
  expect(before.map(([field]) => field)).toEqual(['stripe-version', 'date']);
});

it('keeps apart the two blocks of a call that are asked about in turn', () => {
  const request = 'Authorization: Bearer ***(abcd1234)\r\n';
  const answer = 'Stripe-Version: 2025-01-01\r\n';
  for (let turn = 0; turn < 3; turn += 1) {
    expect(found(request)).toEqual([['authorization', 'Bearer ***(abcd1234)', LINE.key]]);
    expect(found(answer)).toEqual([['stripe-version', '2025-01-01', LINE.version]]);
  }
});
