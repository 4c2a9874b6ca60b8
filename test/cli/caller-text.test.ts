// Rule: `call ID` says who made a call as far as anybody knows, and why not where nobody does.
import { expect, test } from 'vitest';
import { callerText } from '../../electron/cli/caller-text.ts';
import { callRecord } from '../../shared/format/call-record.ts';
import { makeCall, summaryOf } from '../fixtures/calls.ts';

const called = makeCall({
  sources: ['proxy', 'agent'],
  process: {
    pid: 4211,
    startedAt: 5,
    name: 'node',
    executable: '/usr/bin/node',
    command: 'node pay.mjs \u001b[31m',
    folder: '/srv/shop',
    user: 'ada',
    container: 'docker:0f3c',
    parents: [
      { pid: 40, name: 'bash' },
      { pid: 1, name: 'systemd' },
    ],
    project: { kind: 'npm', name: 'shop', folder: '/srv/shop', gitRemote: null, gitBranch: 'main' },
  },
  package: 'stripe',
  callsite: '/srv/shop/pay.ts:42',
  frames: [
    {
      function: 'request',
      file: '/srv/shop/node_modules/stripe/a.js',
      line: 9,
      column: 1,
      package: 'stripe',
      version: '17.5.0',
    },
    { function: null, file: '/srv/shop/pay.ts', line: 42, column: 7, package: null, version: null },
  ],
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  tags: { run: 'r1', feature: 'pay' },
});

test('the process and its parents, the place in its code, its trace and tags', () => {
  expect(callerText(called).join('\n')).toBe(`Called by
  node (pid 4211, user ada, docker:0f3c)
  runs node pay.mjs ␛[31m
  in /srv/shop
  project shop (npm, /srv/shop, branch main)
  started by bash 40 ← systemd 1
  at /srv/shop/pay.ts:42, through package stripe
    request  /srv/shop/node_modules/stripe/a.js:9:1  [stripe 17.5.0]
    (top level)  /srv/shop/pay.ts:42:7
  trace ${'ab'.repeat(16)}, span ${'cd'.repeat(8)}
  tags run=r1  feature=pay`);
});

test('why nobody is known; nothing when nobody looked', () => {
  expect(callerText(makeCall({ processUnknown: 'gone' })).join(' ')).toMatch(/not known: it had closed its connection/);
  expect(callerText(makeCall())).toEqual([]);
});

test('a line of NDJSON has app, process, package, callsite and traceId', () => {
  expect(
    callRecord({ ...summaryOf(called), process: { pid: 4211, name: 'node', user: 'ada', command: 'node pay.mjs' } }),
  ).toMatchObject({
    app: called.app,
    process: { pid: 4211, command: 'node pay.mjs' },
    package: 'stripe',
    callsite: '/srv/shop/pay.ts:42',
    traceId: 'ab'.repeat(16),
  });
});
