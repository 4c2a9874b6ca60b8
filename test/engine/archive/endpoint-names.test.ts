// What is learned of endpoints is written down, until it is; what people correct counts for before, too.
import { expect, test } from 'vitest';
import { createEndpointNames } from '../../../electron/engine/archive/endpoint-names.ts';

const head = (path: string) => ({ host: 'api.acme.dev', method: 'GET', path, query: '', requestLines: '' });
const CORRECTION = { host: 'api.acme.dev', template: '/v1/sites/{site}', keep: false };

test('merges and what was learned are given again until they are written, and then no more', () => {
  let now = 0;
  const names = createEndpointNames(null, [], () => now);
  for (const site of ['berlin', 'paris']) names.namer.name(head(`/v1/sites/${site}`), null);
  // Not with every batch: all of it would be written out each time.
  expect(names.unwritten(false)).toBeNull();
  now += 60_000;
  const first = names.unwritten(false);
  expect(first?.learned).toContain('berlin');
  names.configure([CORRECTION]);
  const second = names.unwritten(false);
  expect(second).toMatchObject({
    merges: [{ from: ['GET /v1/sites/berlin', 'GET /v1/sites/paris'], to: 'GET /v1/sites/{site}' }],
    learned: first?.learned,
  });
  expect(names.unwritten(false)).toEqual(second);
  names.written();
  expect(names.unwritten(false)).toBeNull();
});

test('a new start goes on from what was written, by the corrections of then', () => {
  const before = createEndpointNames(null, []);
  for (const site of ['berlin', 'paris']) before.namer.name(head(`/v1/sites/${site}`), null);
  const learned = before.unwritten(true)?.learned ?? null;
  const after = createEndpointNames(learned, [CORRECTION]);
  expect(after.unwritten(true)?.merges).toMatchObject([{ to: 'GET /v1/sites/{site}' }]);
  expect(after.namer.name(head('/v1/sites/rome'), null)).toBe('GET /v1/sites/{site}');
});

test('corrections that say the same change nothing', () => {
  const names = createEndpointNames(null, [CORRECTION]);
  const { namer } = names;
  names.configure([{ ...CORRECTION }]);
  expect(names.namer).toBe(namer);
});
