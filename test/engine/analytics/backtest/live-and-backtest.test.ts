import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createGovernor } from '../../../../shared/policies/create-governor.ts';
import type { CallFacts } from '../../../../shared/policies/facts.ts';
import { readPolicies } from '../../../../shared/policies/file/policy-file.ts';
import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';
import { createDataDir } from '../../../harness/recorder.ts';
import { ALL, SECOND, START, openPast, storePast } from '../../../harness/store/past.ts';
import type { PastCall } from '../../../harness/store/past.ts';

const catalogue = createCatalogue([]);

const settings = fc.oneof(
  fc.record({
    algorithm: fc.constantFrom('fixed-window', 'sliding-window', 'token-bucket', 'leaky-bucket'),
    limit: fc.integer({ min: 1, max: 5 }),
    window: fc.constantFrom('2s', '10s', '1m'),
    per: fc.constantFrom([], ['app'], ['vendor', 'app'], ['tag.tenant'], ['path']),
    action: fc.constantFrom('reject', 'wait'),
    maxWait: fc.constantFrom('3s', '20s'),
    queue: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    algorithm: fc.constant('concurrency'),
    limit: fc.integer({ min: 1, max: 3 }),
    per: fc.constantFrom([], ['app']),
    action: fc.constantFrom('reject', 'wait'),
    maxWait: fc.constantFrom('3s', '20s'),
    queue: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    algorithm: fc.constant('fixed-window'),
    cost: fc.constant('bytes'),
    limit: fc.constantFrom('1 kB', '3 kB'),
    window: fc.constantFrom('10s', '1m'),
  }),
);
const match = fc.constantFrom(
  {},
  { app: 'billing' },
  { vendor: ['stripe', 'openai'] },
  { vendor: '!stripe' },
  { path: '/v1/**' },
  { tag: { tenant: 'acme' } },
  { header: { 'x-team': 'search' } },
  { method: 'GET', host: '*.stripe.com' },
);
const policy = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      id: fc.constant('one'),
      kind: fc.constant('limit'),
      mode: fc.constant('enforce'),
      match,
      settings,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      id: fc.constant('one'),
      kind: fc.constant('access'),
      mode: fc.constant('enforce'),
      match,
      settings: fc.constantFrom({ action: 'deny' }, { action: 'allow', methods: ['GET'] }),
    }),
  },
);
const past: fc.Arbitrary<PastCall & { at: number; lasts: number }> = fc.record({
  at: fc.integer({ min: 0, max: 600 }).map((tenths) => tenths / 10),
  lasts: fc.integer({ min: 1, max: 80 }).map((tenths) => tenths / 10),
  app: fc.constantFrom('billing', 'search', null),
  host: fc.constantFrom('api.openai.com', 'api.stripe.com', 'intern.example'),
  method: fc.constantFrom('GET', 'POST'),
  path: fc.constantFrom('/v1/a', '/v1/b/c', '/other'),
  tags: fc.constantFrom(null, { tenant: 'acme' }, { tenant: 'initech' }),
  headers: fc.constantFrom('Host: x\r\n', 'Host: x\r\nX-Team: search\r\n'),
});

interface Said {
  call: number;
  verdict: 'deny' | 'wait';
  waitUs: number;
}

/** The governor driven as calls come, with plain facts: none of the backtest’s own code. */
function drive(file: unknown, calls: readonly (PastCall & { lasts: number })[]): Said[] {
  const { set, problems } = readPolicies({ policies: [file] }, { version: 0, zone: 'UTC' });
  if (!set) throw new Error(JSON.stringify(problems));
  const said: Said[] = [];
  const since = new Map<number, number>();
  const ends: { at: number; call: number; order: number }[] = [];
  let now = 0;
  let order = 0;
  const go = (call: number): void => {
    ends.push({ at: now + Math.round(calls[call - 1]!.lasts * SECOND), call, order: order++ });
  };
  const governor = createGovernor(set, {
    random: () => 0.5,
    fault: (_, error) => {
      throw error;
    },
    release(call, ruling) {
      if (ruling.verdict === 'deny') said.push({ call, verdict: 'deny', waitUs: 0 });
      else {
        if (now > since.get(call)!) said.push({ call, verdict: 'wait', waitUs: now - since.get(call)! });
        go(call);
      }
    },
  });
  const goOn = (until: number): void => {
    for (let steps = 0; steps < 10_000; steps += 1) {
      ends.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = ends[0]?.at ?? Infinity;
      const { due } = governor;
      if (due !== null && due <= Math.min(next, until)) {
        now = Math.max(now, due);
        governor.advance(now);
      } else if (ends.length > 0 && next <= until) {
        now = next;
        const { call } = ends.shift()!;
        const durationUs = Math.round(calls[call - 1]!.lasts * SECOND);
        governor.ended(
          call,
          {
            left: true,
            status: 200,
            failed: false,
            durationUs,
            timeToFirstByteUs: 1500,
            requestBytes: 0,
            responseBytes: 1000,
          },
          now,
        );
        governor.metered(
          call,
          { inputTokens: null, outputTokens: null, units: {}, nanoUsd: null, model: null, cut: false },
          now,
        );
      } else return;
    }
  };
  const inOrder = calls.map((_, index) => index + 1).sort((a, b) => calls[a - 1]!.at - calls[b - 1]!.at || a - b);
  for (const call of inOrder) {
    const at = START + Math.round(calls[call - 1]!.at * SECOND);
    goOn(at);
    now = at;
    const ruling = governor.consider(factsOf(calls[call - 1]!, call, at), at);
    if (ruling.verdict === 'deny') said.push({ call, verdict: 'deny', waitUs: 0 });
    else if (ruling.verdict === 'allow') go(call);
    else since.set(call, now);
  }
  goOn(Infinity);
  return said.sort((a, b) => a.call - b.call);
}

function factsOf(
  { app = null, host = '', method = '', path = '', tags = null, headers = '' }: PastCall,
  call: number,
  at: number,
): CallFacts {
  const found = catalogue.recognise(host);
  return {
    call,
    at,
    source: 'proxy',
    app,
    process: null,
    package: null,
    vendor: found?.vendor.id ?? null,
    service: found?.service?.id ?? null,
    category: found?.vendor.category ?? null,
    status: null,
    data: [],
    country: null,
    scheme: 'https',
    host,
    port: 443,
    method,
    path,
    query: '',
    endpoint: null,
    credential: null,
    tags,
    environment: null,
    header: (name) => (name === 'x-team' && headers.includes('X-Team') ? 'search' : null),
    requestBytes: 0,
    model: null,
    estimate: null,
  };
}

test('the decision on recorded calls is the decision that was made of them', () => {
  fc.assert(
    fc.property(policy, fc.array(past, { minLength: 1, maxLength: 40 }), (file, calls) => {
      const live = drive(file, calls);
      const dataDir = createDataDir(onTestFinished);
      storePast(dataDir, calls);
      const asked = openPast(dataDir);
      try {
        const answer = asked.ask('backtest', { ...ALL, candidates: [JSON.stringify(file)] });
        if ('problem' in answer) throw new Error(JSON.stringify(answer));
        const result = answer.results[0]![0]!;
        const told = result.calls.map(({ id, verdict, waitUs }) => ({ call: id, verdict, waitUs }));
        expect(told.sort((a, b) => a.call - b.call)).toEqual(live);
        expect(result.evaluated).toBe(calls.length);
      } finally {
        asked.reader.close();
      }
    }),
    { numRuns: 25, interruptAfterTimeLimit: 10_000, endOnFailure: true },
  );
}, 60_000);
