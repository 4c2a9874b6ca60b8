import type { Policy } from '../../shared/model/policy.ts';
import { createGovernor } from '../../shared/policies/create-governor.ts';
import type { CallFacts } from '../../shared/policies/facts.ts';
import type { Governor, PolicySet } from '../../shared/policies/governor.ts';
import { readPolicies } from '../../shared/policies/file/policy-file.ts';
import { rounded, table, type BenchResult } from './finding.ts';

// P12: what deciding a call costs with 1,000 policies, and with other numbers of them, in one process.

const CALLS = 20_000;
const ROUNDS = 3;
const VENDORS = 60;
const HOSTS = 400;
const APPS = 50;
const TARGET_US = 20;

/** Policies as a big house has them: most about one vendor, host, app or tenant; some about paths, methods or times. */
function policyOf(i: number): object {
  const vendor = `vendor${i % VENDORS}`;
  const host = `api${i % HOSTS}.example${i % VENDORS}.com`;
  const app = `app${i % APPS}`;
  const matches = [
    { vendor, app },
    { host },
    { host: `*.example${i % VENDORS}.com`, method: ['POST', 'PUT'] },
    { vendor, endpoint: `POST /v1/things${i % 40}/*` },
    { app, path: `/v${i % 5}/**` },
    { tag: { tenant: `tenant${i}` } },
    {
      vendor,
      app: ['app*', `!${app}`],
      time: { days: 'mon-fri', from: '08:00', until: '18:00', zone: 'Europe/Vienna' },
    },
    { vendor, credential: `c${i % 200}` },
    { vendor, app, when: 'request.path.startsWith("/v1/") && request.method == "POST"' },
    { host, header: { 'x-team': `team${i % 20}` } },
  ];
  return {
    id: `p${i}`,
    kind: 'access',
    mode: i % 3 === 0 ? 'observe' : 'enforce',
    match: matches[i % matches.length],
    settings: i % 2 === 0 ? { https: 'required' } : { methods: ['GET', 'POST', 'PUT', 'DELETE'] },
  };
}

function setOf(count: number): PolicySet {
  const { set, problems } = readPolicies(
    { policies: Array.from({ length: count }, (_, i) => policyOf(i)) },
    { version: 1, zone: 'UTC' },
  );
  if (!set) throw new Error(problems.map(({ says }) => says).join('\n'));
  return set;
}

/** Seeded, so that every run decides the same calls. */
function callsOf(count: number, isCold: boolean): CallFacts[] {
  let seed = 42;
  const dice = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  return Array.from({ length: count }, (_, call): CallFacts => {
    const host = dice(HOSTS);
    const team = `team${dice(20)}`;
    const at = 1_795_000_000_000_000 + call * 1000;
    return {
      call,
      at,
      source: 'proxy',
      app: `app${dice(APPS)}`,
      process: 'node',
      package: null,
      vendor: `vendor${host % VENDORS}`,
      service: 'api',
      category: 'ai',
      status: 'known',
      data: [],
      country: 'US',
      scheme: 'https',
      // Cold: every call goes where no call went before, so nothing that was found out helps.
      host: isCold ? `h${call}.api${host}.example${host % VENDORS}.com` : `api${host}.example${host % VENDORS}.com`,
      port: 443,
      method: ['GET', 'POST', 'POST', 'PUT'][dice(4)] ?? 'GET',
      path: `/v1/things${dice(40)}/${call}`,
      query: '',
      endpoint: null,
      credential: `c${dice(20)}`,
      tags: dice(4) === 0 ? { tenant: `tenant${dice(1000)}` } : null,
      environment: 'production',
      header: (name) => (name === 'x-team' ? team : null),
      requestBytes: 100,
      model: null,
      estimate: null,
    };
  });
}

const OUTCOME = {
  left: true,
  status: 200,
  failed: false,
  durationUs: 1000,
  timeToFirstByteUs: 500,
  requestBytes: 100,
  responseBytes: 100,
};

function governorOf(set: PolicySet): Governor {
  return createGovernor(set, {
    release() {},
    fault(policy: Policy, error) {
      throw new Error(`${policy.id} failed`, { cause: error });
    },
    random: () => 0.5,
  });
}

/** Median of rounds: microseconds of CPU for a call, all of the governor's part in it, its garbage too. */
function measure(set: PolicySet, calls: readonly CallFacts[], rows: boolean): { us: number; spoke: number } {
  const times: number[] = [];
  let spoke = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const governor = governorOf(set);
    spoke = 0;
    const began = process.cpuUsage();
    for (const facts of calls) {
      governor.needs(facts);
      const ruling = governor.consider(facts, facts.at);
      spoke += ruling.spoke.length;
      if (rows) ruling.decisions();
      governor.ended(facts.call, OUTCOME, facts.at);
    }
    const { user, system } = process.cpuUsage(began);
    times.push((user + system) / calls.length);
  }
  times.sort((a, b) => a - b);
  return { us: times[Math.floor(times.length / 2)] ?? Number.NaN, spoke: spoke / calls.length };
}

export async function run(): Promise<BenchResult> {
  const warm = callsOf(CALLS, false);
  const cold = callsOf(CALLS / 4, true);
  const lines: string[][] = [];
  let thousand = Number.NaN;
  let thousandCold = Number.NaN;
  for (const count of [1, 10, 100, 1000, 5000]) {
    const set = setOf(count);
    const [seen, said, unseen] = [measure(set, warm, false), measure(set, warm, true), measure(set, cold, false)];
    if (count === 1000) {
      thousand = said.us;
      thousandCold = unseen.us;
    }
    lines.push([
      String(count),
      rounded(seen.spoke, 2),
      rounded(seen.us, 2),
      rounded(said.us, 2),
      rounded(unseen.us, 2),
    ]);
  }
  return {
    findings: [
      {
        id: 'P12',
        what: 'Deciding a call with 1,000 policies, sentences included',
        target: `≤ ${TARGET_US} µs`,
        measured: `${rounded(thousand, 1)} µs; ${rounded(thousandCold, 1)} µs for calls to hosts never seen before`,
        met: thousand <= TARGET_US && thousandCold <= TARGET_US,
      },
    ],
    details: table(['policies', 'that matched', 'CPU µs/call', 'with its sentences', 'each host new'], lines),
  };
}
