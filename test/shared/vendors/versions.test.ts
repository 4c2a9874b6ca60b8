import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readApiVersion, readDeprecation } from '../../../shared/vendors/versions.ts';
import { headOf, linesOf } from './limits/head.ts';
import type { Fields } from './limits/head.ts';

const at = (iso: string): number => Date.parse(iso) * 1000;

describe('the version of an API', () => {
  const said: [says: string, path: string, query: string, request: Fields, response: Fields, version: string | null][] =
    [
      ['in the path', '/v1/charges', '', {}, {}, 'v1'],
      ['in the path, with stages', '/apis/apps/v1beta2/deployments', '', {}, {}, 'v1beta2'],
      ['a month after api', '/admin/api/2026-01/orders.json', '', {}, {}, '2026-01'],
      ['a date first of all', '/2010-04-01/Accounts.json', '', {}, {}, '2010-04-01'],
      ['a figure after api', '/rest/api/3/issue/PAY-1', '', {}, {}, '3'],
      ['a date that is no version', '/reports/2026-01-01/v', '', {}, {}, null],
      ['a number that is none', '/orders/3', '', {}, {}, null],
      ['request field', '/v1/messages', '', { 'anthropic-version': '2023-06-01' }, {}, '2023-06-01'],
      ['Notion', '/v1/pages', '', { 'Notion-Version': '2022-06-28' }, {}, '2022-06-28'],
      ['GitHub', '/user', '', { 'X-GitHub-Api-Version': '2022-11-28' }, {}, '2022-11-28'],
      [
        'what the answer says wins',
        '/v1/charges',
        '',
        { 'Stripe-Version': '2024-06-20' },
        { 'Stripe-Version': '2025-09-30.clover' },
        '2025-09-30.clover',
      ],
      [
        'Shopify falls forward',
        '/admin/api/2023-01/shop.json',
        '',
        {},
        { 'X-Shopify-API-Version': '2025-10' },
        '2025-10',
      ],
      ['Azure', '/openai/deployments/x/chat/completions', 'api-version=2024-10-21', {}, {}, '2024-10-21'],
      ['a preview of Azure', '/x', 'a=b&api-version=2025-04-01-preview', {}, {}, '2025-04-01-preview'],
      ['Accept with a parameter', '/x', '', { Accept: 'application/json;version=2' }, {}, '2'],
      ['Accept with a vendor type', '/x', '', { Accept: 'application/vnd.github.v3+json' }, {}, 'v3'],
      ['a word is none', '/x', '', { 'X-Api-Version': 'latest' }, {}, null],
      ['nothing says one', '/x', 'v=abc', { 'User-Agent': 'x/1.0' }, {}, null],
    ];
  it.each(said)('%s', (_, path, query, request, response, version) => {
    const head = headOf({ host: 'x', path, query, requestLines: linesOf(request), responseLines: linesOf(response) });
    expect(readApiVersion(head)).toBe(version);
  });
});

describe('an announced end', () => {
  const announced: [
    says: string,
    fields: Fields,
    deprecatedAt: number | null,
    sunsetAt: number | null,
    link: string | null,
  ][] = [
    ['RFC 9745', { Deprecation: '@1688169599' }, 1_688_169_599_000_000, null, null],
    ['older: a boolean', { Deprecation: 'true' }, null, null, null],
    ['older: an HTTP date', { Deprecation: 'Sun, 11 Nov 2018 23:59:59 GMT' }, at('2018-11-11T23:59:59Z'), null, null],
    ['RFC 8594', { Sunset: 'Sat, 31 Dec 2033 23:59:59 GMT' }, null, at('2033-12-31T23:59:59Z'), null],
    [
      'with a link',
      {
        Deprecation: '@1688169599',
        Link: '<https://x.dev/a>; rel="next", <https://x.dev/dep>; rel="deprecation"; type="text/html"',
      },
      1_688_169_599_000_000,
      null,
      'https://x.dev/dep',
    ],
    [
      'a sunset link',
      { Sunset: 'Sat, 31 Dec 2033 23:59:59 GMT', Link: '<https://x.dev/s>;rel=sunset' },
      null,
      at('2033-12-31T23:59:59Z'),
      'https://x.dev/s',
    ],
    ['a warning', { Warning: '299 - "Deprecated API"' }, null, null, null],
    [
      'Shopify',
      { 'X-Shopify-API-Deprecated-Reason': 'https://shopify.dev/changelog/x' },
      null,
      null,
      'https://shopify.dev/changelog/x',
    ],
    ['a date of their own', { 'X-API-Deprecation-Date': '2026-05-01' }, at('2026-05-01'), null, null],
  ];
  it.each(announced)('%s', (_, fields, deprecatedAt, sunsetAt, link) => {
    expect(readDeprecation(linesOf(fields))).toEqual({ deprecatedAt, sunsetAt, link });
  });

  const none: [says: string, fields: Fields][] = [
    ['nothing', { 'Content-Type': 'text/plain' }],
    ['false', { Deprecation: 'false' }],
    ['no date', { Sunset: 'soon' }],
    ['a year nobody meant', { Sunset: '@99999999999' }],
    ['another warning', { Warning: '110 - "Response is Stale"' }],
    ['other links', { Link: '<https://x.dev/?page=2>; rel="next"' }],
    ['a policy without a date', { Link: '<https://x.dev/policy>; rel="sunset"' }],
  ];
  it.each(none)('is not in %s', (_, fields) => {
    expect(readDeprecation(linesOf(fields))).toBeNull();
  });

  it('is read without throwing, whatever stands there', () => {
    const names = fc.constantFrom('Deprecation', 'Sunset', 'Link', 'Warning', 'X-Api-Version', 'Accept');
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string())), fc.string(), fc.string(), (fields, path, query) => {
        readDeprecation(linesOf(fields));
        readApiVersion(
          headOf({ host: 'x', path, query, requestLines: linesOf(fields), responseLines: linesOf(fields) }),
        );
      }),
    );
  });
});
