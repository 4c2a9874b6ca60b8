import fc from 'fast-check';
import { expect, test } from 'vitest';
import { USUAL_SETTINGS, type Draft } from '../../../shared/model/replay.ts';
import { chainCalls, type ChainCall } from '../../../shared/replay/chain.ts';
import { extractValue, readExtraction } from '../../../shared/replay/extract.ts';

/** Values of recorded answers that later requests were sent with: found, and put in anew. */

const call = (request: Partial<Draft>, json?: ChainCall['json'], headers: ChainCall['headers'] = []): ChainCall => ({
  draft: {
    id: 'x',
    name: null,
    origin: 1,
    method: 'GET',
    url: 'https://api.shop.com/',
    headers: [],
    body: { kind: 'none' },
    auth: { kind: 'recorded' },
    settings: USUAL_SETTINGS,
    ...request,
  },
  json,
  headers,
});
const header = (name: string, value: string): Draft['headers'] => [{ name, value, off: false }];
const MARK = '***9f3k(0a1b2c3d)';

test('login → token → use: the token, redacted as it is, and the id of what was made', () => {
  const { flows, drafts } = chainCalls([
    call(
      { url: 'https://api.shop.com/login', body: { kind: 'text', text: '{"user":"ada"}' } },
      { access_token: MARK, expires_in: 3600, user: { id: 'usr_8fK2' } },
    ),
    call(
      { url: 'https://api.shop.com/users/usr_8fK2/orders', headers: header('Authorization', `Bearer ${MARK}`) },
      { order: { id: 918273 } },
      [
        ['Location', '/orders/918273'],
        ['Date', 'x'],
      ],
    ),
    call({
      url: 'https://api.shop.com/orders/918273?expand=user',
      headers: header('Authorization', `Bearer ${MARK}`),
      body: { kind: 'text', text: '{"order": 918273}' },
    }),
  ]);
  expect(flows).toEqual([
    {
      from: 0,
      at: '$.access_token',
      variable: 'access_token',
      to: [
        { step: 1, place: 'header:Authorization' },
        { step: 2, place: 'header:Authorization' },
      ],
    },
    { from: 0, at: '$.user.id', variable: 'id', to: [{ step: 1, place: 'url' }] },
    // The longest value that fits: the whole path.
    { from: 1, at: 'header location', variable: 'location', to: [{ step: 2, place: 'url' }] },
    { from: 1, at: '$.order.id', variable: 'id_2', to: [{ step: 2, place: 'body' }] },
  ]);
  expect(drafts[1]).toMatchObject({
    url: 'https://api.shop.com/users/{{id}}/orders',
    headers: [{ value: 'Bearer {{access_token}}' }],
  });
  expect(drafts[2]).toMatchObject({
    url: 'https://api.shop.com{{location}}?expand=user',
    body: { text: '{"order": {{id_2}}}' },
  });
});

test('a cookie that was set goes with what follows', () => {
  const { flows } = chainCalls([
    call({}, undefined, [['Set-Cookie', `sid=${MARK}; HttpOnly`]]),
    call({ headers: header('Cookie', `theme=dark; sid=${MARK}`) }),
  ]);
  expect(flows).toEqual([{ from: 0, at: 'cookie sid', variable: 'sid', to: [{ step: 1, place: 'header:Cookie' }] }]);
});

test('what the client had said itself, words and short numbers are no flows', () => {
  const { flows } = chainCalls([
    call(
      { url: 'https://api.shop.com/things/thing-1234' },
      { id: 'thing-1234', state: 'active', count: 42, note: 'somewhere' },
    ),
    call({ url: 'https://api.shop.com/things/thing-1234?state=active&page=42&text=somewhere-else' }),
  ]);
  expect(flows).toEqual([]);
});

test('the nearest answer that says it counts', () => {
  const { flows } = chainCalls([
    call({}, { token: 'token-of-the-first' }),
    call({}, { next: { token: 'token-of-the-first' } }),
    call({ url: 'https://api.shop.com/?t=token-of-the-first' }),
  ]);
  expect(flows).toMatchObject([{ from: 1, at: '$.next.token' }]);
});

test('whatever is found, the recorded answer gives back the recorded request', () => {
  const value = fc.stringMatching(/^[A-Za-z0-9_]{8,20}$/);
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value, { minKeys: 1, maxKeys: 4 }),
      fc.nat(),
      (answer, pick) => {
        const values = Object.values(answer);
        const sent = values[pick % values.length] ?? '';
        const second = call({
          url: `https://api.shop.com/a/${sent}?x=${sent}`,
          headers: header('X-Ref', `ref ${sent}`),
          body: { kind: 'text', text: `{"v":"${sent}"}` },
        });
        const { flows, drafts } = chainCalls([call({}, answer), second]);
        expect(flows.length).toBe(1);
        const [flow] = flows;
        const from = readExtraction(flow?.at ?? '');
        if ('says' in from) throw new Error(from.says);
        const extracted = extractValue(from, { headers: [], json: answer }) ?? '';
        const text = JSON.stringify(drafts[1]).replaceAll(`{{${flow?.variable ?? ''}}}`, extracted);
        expect(text).toBe(JSON.stringify(second.draft));
      },
    ),
  );
});
