import { describe, expect, test } from 'vitest';
import { harEntry, harLog } from '../../../shared/format/har.ts';
import type { HarInput } from '../../../shared/format/har.ts';
import { harSchema } from '../../fixtures/har-schema.ts';
import { ATTEMPT, bodyFacts, makeCall, NO_BODY } from '../../fixtures/calls.ts';

const GOOD: HarInput = {
  call: makeCall(),
  requestBody: { text: '{"amount":1200}', bytes: 15 },
  responseBody: { text: '{"ok":true}\r\n', bytes: 13 },
};

describe('is valid HAR 1.2', () => {
  test.each<[string, HarInput]>([
    ['a call that went well', GOOD],
    [
      'binary bodies',
      { ...GOOD, requestBody: { base64: 'AAH/', bytes: 3 }, responseBody: { base64: 'AAH/', bytes: 3 } },
    ],
    [
      'an open call',
      {
        ...GOOD,
        responseBody: null,
        call: makeCall({
          state: 'open',
          status: null,
          reason: null,
          timeToFirstByteUs: null,
          durationUs: null,
          protocol: null,
          responseHeaders: [],
        }),
      },
    ],
    [
      'a call that never connected',
      {
        ...GOOD,
        responseBody: null,
        call: makeCall({
          status: null,
          timeToFirstByteUs: null,
          failure: { kind: 'dns', detail: 'ENOTFOUND' },
          attempts: [{ ...ATTEMPT, remoteAddress: null, dnsUs: null, connectUs: null, tlsUs: null, tls: null }],
        }),
      },
    ],
    [
      'a refused call',
      {
        call: makeCall({
          kind: 'refused',
          attempts: [],
          status: 400,
          requestHeaders: [],
          query: '?%zz=%',
          failure: { kind: 'malformed-request', detail: 'two Content-Length' },
        }),
        requestBody: null,
        responseBody: null,
      },
    ],
    [
      'a tunnel',
      {
        call: makeCall({
          kind: 'tunnel',
          method: 'CONNECT',
          scheme: 'tls',
          path: '',
          query: '',
          status: null,
          clientProtocol: 'tls',
          protocol: 'tls',
          requestBody: NO_BODY,
        }),
        requestBody: null,
        responseBody: null,
      },
    ],
    [
      'a reused h2 connection',
      {
        ...GOOD,
        call: makeCall({
          protocol: 'h2',
          clientProtocol: 'h2',
          attempts: [{ ...ATTEMPT, reused: true, dnsUs: null, connectUs: null, tlsUs: null }],
        }),
      },
    ],
    [
      'a WebSocket',
      {
        ...GOOD,
        call: makeCall({ kind: 'websocket', scheme: 'wss', status: 101 }),
        messages: [{ at: 5, direction: 'sent', type: 'text', size: 2, data: 'hi', name: null }],
      },
    ],
    ['times that disagree', { ...GOOD, call: makeCall({ timeToFirstByteUs: 10, durationUs: 5 }) }],
  ])('%s', (_name, input) => {
    const log = JSON.parse(JSON.stringify(harLog([harEntry(input)], '0.1.0')));
    expect(harSchema.safeParse(log).error?.issues ?? []).toEqual([]);
  });
});

test('phases come from the last attempt, with -1 where there was none', () => {
  expect(harEntry(GOOD).timings).toEqual({
    blocked: 1.2,
    dns: 3,
    connect: 35.5,
    ssl: 24.5,
    send: 0,
    wait: 80.6,
    receive: 4.7,
  });
  const reused = makeCall({
    attempts: [{ ...ATTEMPT, startedAt: 0, reused: true, dnsUs: null, connectUs: null, tlsUs: null }],
  });
  expect(harEntry({ ...GOOD, call: reused }).timings).toMatchObject({
    blocked: 0,
    dns: -1,
    connect: -1,
    ssl: -1,
    wait: 120.3,
  });
});

test('headers keep case, order and duplicates; query and cookies are taken apart', () => {
  const { request, response } = harEntry(GOOD);
  expect(response.headers.map(({ name }) => name)).toEqual(['Content-Type', 'Set-Cookie', 'Set-Cookie']);
  expect(request.queryString).toEqual([
    { name: 'expand', value: 'customer' },
    { name: 'note', value: 'a b' },
  ]);
  expect(response.cookies[0]).toEqual({ name: 'a', value: '1', path: '/', httpOnly: true, secure: false });
});

test('text is text, bytes are base64, and compression is what was saved', () => {
  const gzipped = makeCall({ responseBody: bodyFacts(40, { decodedBytes: 100 }) });
  const { content } = harEntry({ ...GOOD, call: gzipped, responseBody: { base64: 'AAH/', bytes: 3 } }).response;
  expect(content).toMatchObject({ size: 100, compression: 60, text: 'AAH/', encoding: 'base64' });
  expect(harEntry(GOOD).response.content).toMatchObject({ size: 13, text: '{"ok":true}\r\n' });
});

test('a failure is said in words and kept as data', () => {
  const entry = harEntry({
    ...GOOD,
    call: makeCall({ status: null, failure: { kind: 'reset', detail: 'ECONNRESET' } }),
  });
  expect(entry.comment).toBe('Failed: the origin reset the connection (ECONNRESET).');
  expect(entry._sallyport.failure).toEqual({ kind: 'reset', detail: 'ECONNRESET' });
  expect(entry.response.status).toBe(0);
});
