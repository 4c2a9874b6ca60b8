import type { CallMetered, CallOutcome } from '../model/policy.ts';
import type { VendorCategory } from '../model/vendor.ts';
import { createGovernor } from './create-governor.ts';
import type { CallFacts } from './facts.ts';
import type { PolicyTest, TestCall } from './file/file-schema.ts';
import type { Governor, PolicySet, Ruling } from './governor.ts';

/** How one test case of a policy file came out. */
export interface TestResult {
  name: string;
  passed: boolean;
  /** `deny by three-a-minute`. */
  expected: string;
  got: string;
  /** Of the policy that decided; null: none spoke. */
  sentence: string | null;
}

export interface TestSurroundings {
  /** The clock of tests that say no `at`, microseconds since the epoch. */
  now: number;
  /** What the catalogue says of a host, for calls that name no vendor. */
  recognise?: (host: string) => { vendor: string; service: string | null; category: VendorCategory } | null;
}

/**
 * Tries the `tests:` of a file, each with counters of its own and a clock that only it moves. Policies that observe count as
 * if they enforced: it is the rule that is tested, not whether it is switched on. Those that are off are left out.
 */
export function runTests(set: PolicySet, tests: readonly PolicyTest[], around: TestSurroundings): TestResult[] {
  const tried: PolicySet = {
    ...set,
    policies: set.policies.map((policy) => (policy.mode === 'observe' ? { ...policy, mode: 'enforce' } : policy)),
  };
  return tests.map((test, place) => runTest(tried, test, place, around));
}

function runTest(set: PolicySet, test: PolicyTest, place: number, around: TestSurroundings): TestResult {
  const name = test.name ?? `number ${place + 1}`;
  const expected = test.by === undefined ? test.expect : `${test.expect} by ${test.by}`;
  const faults: string[] = [];
  let seed = 1;
  const trial = createTrial(test, (given) =>
    createGovernor(set, {
      ...given,
      fault: (policy, error) =>
        faults.push(`${policy.id} failed: ${error instanceof Error ? error.message : String(error)}`),
      random: () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647,
    }),
  );
  const begin = test.call.at ?? around.now;
  let last: { ruling: Ruling; sentence: string | null } | null = null;
  for (let i = 0; i < (test.times ?? 1); i++) {
    last = trial.send(factsOf(test.call, i + 1, begin + i * (test.every ?? 0), around));
  }
  if (last === null) return { name, passed: false, expected, got: 'nothing', sentence: null };
  const { ruling, sentence } = last;
  const by = ruling.policy?.id ?? null;
  const isAsExpected = ruling.verdict === test.expect && (test.by === undefined || by === test.by);
  return {
    name,
    passed: isAsExpected && faults.length === 0,
    expected,
    got: `${ruling.verdict}${by === null || (ruling.verdict === 'allow' && test.by === undefined) ? '' : ` by ${by}`}`,
    sentence: faults[0] ?? sentence,
  };
}

/** Calls of one test, on its clock. */
function createTrial(
  test: PolicyTest,
  create: (given: { release: (call: number, ruling: Ruling) => void }) => Governor,
): { send(facts: CallFacts): { ruling: Ruling; sentence: string | null } } {
  /** Under way: when they began and when they are over. */
  let running: { call: number; since: number; until: number }[] = [];
  let now = 0;
  const governor = create({
    release(call, { verdict }) {
      if (verdict === 'allow') running.push({ call, since: now, until: now + (test.lasts ?? 0) });
    },
  });

  /** All that happens before a moment, in its order. What began at that moment is under way still. */
  function goOn(moment: number): void {
    for (let round = 0; round < 100_000; round++) {
      const over = running
        .filter(({ since, until }) => since < moment && until <= moment)
        .sort((a, b) => a.until - b.until)[0];
      const due = governor.due;
      if (due !== null && due <= moment && (over === undefined || due <= over.until)) {
        now = Math.max(now, due);
        governor.advance(now);
      } else if (over !== undefined) {
        now = Math.max(now, over.until);
        running = running.filter((one) => one !== over);
        end(over.call);
      } else break;
    }
    now = Math.max(now, moment);
  }

  function end(call: number): void {
    governor.ended(call, { ...SENT, durationUs: test.lasts ?? 0 }, now);
    governor.metered(call, meteredOf(test.call), now);
  }

  return {
    send(facts) {
      goOn(facts.at);
      let ruling = governor.consider(facts, now);
      let rows = ruling.decisions();
      if (ruling.verdict === 'allow') {
        if (test.call.address !== undefined || test.call.tls !== undefined) {
          const connected = governor.connect(facts.call, connectionOf(test.call), now);
          if (connected.verdict === 'deny') {
            ruling = connected;
            rows = connected.decisions();
            governor.ended(facts.call, { ...SENT, left: false }, now);
          }
        }
        if (ruling.verdict === 'allow') running.push({ call: facts.call, since: now, until: now + (test.lasts ?? 0) });
      }
      const sentence = rows.find(({ policy }) => policy === ruling.policy?.id)?.sentence ?? null;
      return { ruling, sentence };
    },
  };
}

const SENT: CallOutcome = {
  left: true,
  status: 200,
  failed: false,
  durationUs: 0,
  timeToFirstByteUs: 0,
  requestBytes: 0,
  responseBytes: 0,
};

function meteredOf(call: TestCall): CallMetered {
  return {
    inputTokens: call.inputTokens ?? null,
    outputTokens: call.maxOutput ?? null,
    units: {},
    nanoUsd: call.cost ?? null,
    model: call.model ?? null,
    cut: false,
  };
}

function connectionOf({ address, tls, country }: TestCall): {
  address: string | null;
  tlsVersion: string | null;
  country: string | null;
} {
  return {
    address: address ?? null,
    tlsVersion: tls === undefined ? 'TLSv1.3' : /^TLS/i.test(tls) ? tls : `TLSv${tls}`,
    country: country ?? null,
  };
}

const PORTS = { http: 80, https: 443, tcp: 443, tls: 443 } as const;

function factsOf(said: TestCall, call: number, at: number, around: TestSurroundings): CallFacts {
  const url = readUrl(said.url);
  const host = (said.host ?? url?.host ?? '').toLowerCase();
  const known = said.vendor === undefined && host !== '' ? (around.recognise?.(host) ?? null) : null;
  const scheme = said.scheme ?? url?.scheme ?? 'https';
  const target = said.path ?? url?.target ?? '/';
  const question = target.indexOf('?');
  const headers = new Map(Object.entries(said.header ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    call,
    at,
    source: said.source ?? 'proxy',
    app: said.app ?? null,
    process: said.process ?? null,
    package: said.package ?? null,
    vendor: said.vendor ?? known?.vendor ?? null,
    service: said.service ?? known?.service ?? null,
    category: (said.category as VendorCategory | undefined) ?? known?.category ?? null,
    status: said.status ?? null,
    data: said.data ?? [],
    country: said.country ?? null,
    scheme,
    host,
    port: said.port ?? url?.port ?? PORTS[scheme],
    method: (said.method ?? 'GET').toUpperCase(),
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    endpoint: said.endpoint ?? null,
    credential: said.credential ?? null,
    tags: said.tag ?? null,
    environment: said.environment ?? null,
    header: (name) => headers.get(name) ?? null,
    requestBytes: said.requestBytes ?? null,
    model: said.model ?? null,
    estimate: {
      inputTokens: said.inputTokens ?? null,
      maxOutput: said.maxOutput ?? null,
      ceilingNanoUsd: said.cost ?? null,
      nanoUsdPerOutputToken: null,
    },
  };
}

function readUrl(
  text: string | undefined,
): { scheme: 'http' | 'https'; host: string; port: number; target: string } | null {
  const [, scheme, host, port, target] =
    /^(https?):\/\/(\[[^\]]*\]|[^/:?#]+)(?::(\d+))?([^#]*)/i.exec(text ?? '') ?? [];
  if (scheme === undefined || host === undefined) return null;
  const isHttp = scheme.toLowerCase() === 'http';
  return {
    scheme: isHttp ? 'http' : 'https',
    host,
    port: port === undefined ? (isHttp ? 80 : 443) : Number(port),
    target: target === undefined || target === '' ? '/' : target.startsWith('?') ? `/${target}` : target,
  };
}
