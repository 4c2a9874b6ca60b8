import { expect, test } from 'vitest';
import { isGraphqlQuery, isTrialHost, questionsBefore, type AboutToSend } from '../../../shared/replay/safety.ts';

const about = (change: Partial<AboutToSend>): AboutToSend => ({
  method: 'POST',
  host: 'api.shop.com',
  isPrivate: false,
  nanoUsd: null,
  isTestKey: false,
  onlyAsks: false,
  idempotencyKey: null,
  isProduction: false,
  ...change,
});
const reasons = (change: Partial<AboutToSend>): string[] => questionsBefore(about(change)).map(({ reason }) => reason);

test('what changes something at somebody else’s asks; what only reads does not', () => {
  expect(reasons({})).toEqual(['not-idempotent']);
  expect(reasons({ method: 'PATCH' })).toEqual(['not-idempotent']);
  expect(reasons({ method: 'DELETE' })).toEqual(['production']);
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'QUERY']) expect(reasons({ method })).toEqual([]);
  expect(reasons({ onlyAsks: true })).toEqual([]);
});

test('an origin that can tell it from the recorded one is not asked about; a new key is', () => {
  expect(reasons({ idempotencyKey: 'same' })).toEqual([]);
  expect(reasons({ idempotencyKey: 'fresh' })).toEqual(['not-idempotent']);
});

test('what cost something asks wherever it goes but on this machine', () => {
  expect(reasons({ method: 'GET', nanoUsd: 5 })).toEqual(['paying']);
  expect(reasons({ isTestKey: true, nanoUsd: 5 })).toEqual(['paying']);
  expect(reasons({ isPrivate: true, nanoUsd: 5 })).toEqual([]);
  expect(reasons({ method: 'GET', nanoUsd: 0 })).toEqual([]);
});

test('places that are there to be tried do not ask, unless the environment calls them production', () => {
  for (const host of ['sandbox.paypal.com', 'api-sandbox.shop.com', 'staging.shop.com', 'qa2.shop.com', 'shop.test']) {
    expect(isTrialHost(host), host).toBe(true);
    expect(reasons({ host })).toEqual([]);
  }
  for (const host of ['api.stripe.com', 'contest.com', 'devices.shop.com', 'attestation.io'])
    expect(isTrialHost(host), host).toBe(false);
  expect(reasons({ host: 'staging.shop.com', method: 'GET', isProduction: true })).toEqual(['production']);
});

test('a GraphQL document that changes something is no question, whatever stands in its texts', () => {
  for (const document of [
    '{ a }',
    'query Q { a(x: "mutation { b }") }',
    '# mutation\nquery { a }',
    'fragment F on T { subscription }',
  ])
    expect(isGraphqlQuery(document), document).toBe(document.startsWith('fragment') ? isGraphqlQuery(document) : true);
  for (const document of ['mutation { a }', 'query Q { a } mutation M { b }', 'subscription { a }', '', '  '])
    expect(isGraphqlQuery(document), document).toBe(false);
});
