import type { CallOutcome, Policy } from '../../../shared/model/policy.ts';
import { createGovernor } from '../../../shared/policies/create-governor.ts';
import type { CallFacts } from '../../../shared/policies/facts.ts';
import type { Governor, GovernorSurroundings, PolicySet, Ruling } from '../../../shared/policies/governor.ts';
import { KINDS_WITH_COUNTING } from './counting-kind.ts';
import { readPolicies } from '../../../shared/policies/file/policy-file.ts';

let calls = 0;

/** Facts of a call with what a test says of it. */
export function call(facts: Partial<CallFacts> & { headers?: Readonly<Record<string, string>> } = {}): CallFacts {
  const { headers = {}, ...rest } = facts;
  return {
    call: ++calls,
    at: 0,
    source: 'proxy',
    app: 'billing',
    process: null,
    package: null,
    vendor: 'openai',
    service: 'api',
    category: 'ai',
    status: 'approved',
    data: [],
    country: 'US',
    scheme: 'https',
    host: 'api.openai.com',
    port: 443,
    method: 'POST',
    path: '/v1/responses',
    query: '',
    endpoint: null,
    credential: null,
    tags: null,
    environment: null,
    header: (name) => headers[name] ?? null,
    requestBytes: null,
    model: null,
    estimate: null,
    ...rest,
  };
}

/** A set from what stands in a file; what is wrong with it is thrown. */
export function setOf(file: unknown): PolicySet {
  const { set, problems } = readPolicies(file, { version: 7, zone: 'UTC' });
  if (!set) throw new Error(problems.map(({ path, says }) => `${path.join('.')}: ${says}`).join('\n'));
  return set;
}

export interface Watched {
  governor: Governor;
  released: { call: number; ruling: Ruling }[];
  faults: { policy: Policy; error: unknown }[];
}

/** A governor, and all that it told. */
export function governorOf(set: PolicySet, around: Partial<GovernorSurroundings> = {}): Watched {
  const released: Watched['released'] = [];
  const faults: Watched['faults'] = [];
  const governor = createGovernor(
    set,
    {
      release: (id, ruling) => {
        // Read now: it is no more after.
        ruling.decisions();
        released.push({ call: id, ruling });
      },
      fault: (policy, error) => faults.push({ policy, error }),
      random: () => 0.5,
      ...around,
    },
    undefined,
    KINDS_WITH_COUNTING,
  );
  return { governor, released, faults };
}

export const OUTCOME: CallOutcome = {
  left: true,
  status: 200,
  failed: false,
  durationUs: 1000,
  timeToFirstByteUs: 500,
  requestBytes: 10,
  responseBytes: 20,
};

/** Policies without a file. */
export function setWith(policies: readonly Policy[], parts: Partial<PolicySet> = {}): PolicySet {
  return { version: 1, otherwise: 'allow', zone: 'UTC', policies, exceptions: [], ...parts };
}
