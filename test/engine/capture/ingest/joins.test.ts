// Rules of joining: a call that agent and proxy both saw is one, and never the wrong one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJoins } from '../../../../electron/engine/capture/ingest/joins.ts';
import type { SeenConnection } from '../../../../electron/engine/capture/ingest/joins.ts';
import type { BegunCall } from '../../../../electron/engine/capture/identity/client-connection.ts';
import type { Joining, LinkOrigin } from '../../../../electron/engine/capture/ingest/messages.ts';
import type { CallEvent, Identified } from '../../../../shared/events/call-event.ts';

const origin: LinkOrigin = { link: 1, pid: 77, thread: 0, process: '77@1000', app: 'shop', run: 'abcdef01' };

function joining(parts: Partial<Joining> = {}): Joining {
  return {
    port: 5000,
    ordinal: 0,
    method: 'GET',
    target: '/a',
    startedAt: 1,
    site: null,
    trace: null,
    tags: null,
    app: null,
    ...parts,
  };
}

/** Connections whose calls the test lets begin. */
function world() {
  const connections = new Map<number, SeenConnection & { began: BegunCall[] }>();
  const facts: Identified[] = [];
  let time = 0;
  const joins = createJoins({
    connectionAt: (port) => connections.get(port) ?? null,
    emit: (event: CallEvent) => void facts.push(event as Identified),
    now: () => time,
  });
  return {
    joins,
    facts,
    pass: (ms: number) => (time += ms),
    open(port: number, process: string | null = null) {
      const began: BegunCall[] = [];
      const connection = {
        process,
        began,
        callAt: (ordinal: number) => began[ordinal] ?? null,
        allOf: (method: string, target: string) =>
          began.filter((seen) => seen.method === method && seen.target === target),
      };
      connections.set(port, connection);
      return connection;
    },
  };
}

const site = { package: 'axios', callsite: '/app/index.js:3', frames: [] };

test('what the agent knows is said of the proxy’s call', () => {
  const { joins, facts, open } = world();
  open(5000).began.push({ call: 12, method: 'GET', target: '/a?b=1' });
  const trace = { traceId: 'a'.repeat(32), spanId: null };
  joins.add(
    origin,
    [joining({ target: 'http://api.example.com/a?b=1', site: 3, trace, tags: { feature: 'x' }, app: 'mailer' })],
    (id) => (id === 3 ? site : null),
  );
  expect(facts).toEqual([
    {
      type: 'identified',
      call: 12,
      by: 'agent',
      app: 'mailer',
      process: '77@1000',
      unknown: null,
      site,
      trace,
      tags: { feature: 'x', run: 'abcdef01' },
    },
  ]);
  joins.close();
});

test.each([
  ['another method', { method: 'POST' }],
  ['another target', { target: '/b' }],
  ['another order', { ordinal: 1 }],
  ['another port', { port: 5001 }],
])('%s is another call', (_, parts) => {
  const { joins, facts, open } = world();
  open(5000).began.push({ call: 12, method: 'GET', target: '/a' });
  joins.add(origin, [joining(parts)], () => null);
  joins.close();
  expect(facts).toEqual([]);
  expect(joins.counts).toEqual({ joined: 0, missed: 1 });
});

test('a port that another process has by now is not the one that was meant', () => {
  const { joins, facts, open } = world();
  open(5000, '88@2000').began.push({ call: 12, method: 'GET', target: '/a' });
  joins.add(origin, [joining()], () => null);
  joins.close();
  expect(facts).toEqual([]);
});

test('no call is joined twice', () => {
  const { joins, facts, open } = world();
  open(5000).began.push({ call: 12, method: 'GET', target: '/a' });
  joins.add(origin, [joining(), joining()], () => null);
  joins.close();
  expect(facts).toHaveLength(1);
});

test('a call that is not recorded is found and nothing is said of it', () => {
  const { joins, facts, open } = world();
  open(5000).began.push({ call: 0, method: 'GET', target: '/a' });
  joins.add(origin, [joining()], () => null);
  expect(facts).toEqual([]);
  expect(joins.counts).toEqual({ joined: 1, missed: 0 });
  joins.close();
});

test('the agent may be faster than its request', async () => {
  const { joins, facts, open } = world();
  joins.add(origin, [joining({ ordinal: 1 })], () => null);
  const { began } = open(5000);
  began.push({ call: 12, method: 'GET', target: '/a' });
  began.push({ call: 13, method: 'GET', target: '/a' });
  await expect.poll(() => facts.map(({ call }) => call)).toEqual([13]);
  joins.close();
});

test('a request that never comes is given up and counted', async () => {
  const { joins, pass } = world();
  joins.add(origin, [joining()], () => null);
  pass(5_001);
  await expect.poll(() => joins.counts).toEqual({ joined: 0, missed: 1 });
  joins.close();
});

test('without an order, one word and one call that fit are joined', async () => {
  const { joins, facts, open } = world();
  const { began } = open(5000);
  began.push({ call: 12, method: 'GET', target: '/a' }, { call: 13, method: 'GET', target: '/b' });
  joins.add(origin, [joining({ ordinal: null, target: '/b' }), joining({ ordinal: null })], () => null);
  await expect.poll(() => facts.map(({ call }) => call).toSorted()).toEqual([12, 13]);
  joins.close();
});

test('without an order, words or calls that are alike are not told apart by guessing', async () => {
  const { joins, facts, open, pass } = world();
  const { began } = open(5000);
  began.push({ call: 12, method: 'GET', target: '/a' }, { call: 13, method: 'GET', target: '/a' });
  joins.add(origin, [joining({ ordinal: null, site: 1 }), joining({ ordinal: null, site: 2 })], () => null);
  pass(5_001);
  await expect.poll(() => joins.counts).toEqual({ joined: 0, missed: 2 });
  expect(facts).toEqual([]);
  joins.close();
});

test('whatever the order in which both sides tell, a thousand calls over a few connections each find their own', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ port: fc.integer({ min: 1, max: 5 }), target: fc.integer({ min: 0, max: 3 }) }), {
        minLength: 1,
        maxLength: 1000,
      }),
      fc.infiniteStream(fc.boolean()),
      async (plan, agentFirst) => {
        const { joins, facts, open } = world();
        const connections = new Map([1, 2, 3, 4, 5].map((port) => [port, open(port)]));
        const expected = new Map<number, number>();
        const later: { port: number; seen: BegunCall }[] = [];
        for (const [index, { port, target }] of plan.entries()) {
          const ordinal = plan.slice(0, index).filter((one) => one.port === port).length;
          const call = index + 1;
          expected.set(call, index);
          const seen = { call, method: 'GET', target: `/${target}` };
          const say = () => joins.add(origin, [joining({ port, ordinal, target: seen.target, site: index })], marked);
          // The proxy keeps to its order on each connection; the agent comes before or after it.
          if (agentFirst.next().value) say();
          else queueMicrotask(say);
          later.push({ port, seen });
          if (agentFirst.next().value)
            for (const { port: at, seen: one } of later.splice(0)) connections.get(at)?.began.push(one);
        }
        for (const { port, seen } of later) connections.get(port)?.began.push(seen);
        await expect.poll(() => facts.length, { interval: 1 }).toBe(plan.length);
        joins.close();
        expect(new Map(facts.map(({ call, site: found }) => [call, Number(found?.callsite)]))).toEqual(expected);
      },
    ),
    { numRuns: 20 },
  );
});

function marked(id: number) {
  return { package: null, callsite: String(id), frames: [] };
}
