import type { UnitRule } from '../../model/unit-rule.ts';
import { matchesGlob, matchesPath } from '../glob.ts';

/** What of a call says which rules are about it; known with its answer's head. */
export interface MatchedCall {
  vendor: string;
  service: string | null;
  host: string;
  method: string;
  /** Without the query. */
  path: string;
  status: number | null;
}

type Matching = Omit<UnitRule, 'quantities'>;

/** Whether a rule may be about the calls of a method to a host. */
function matchesPlace(rule: Matching, call: Pick<MatchedCall, 'vendor' | 'service' | 'host' | 'method'>): boolean {
  return (
    rule.vendor === call.vendor &&
    (rule.service === null || rule.service === call.service) &&
    (rule.hosts === undefined || rule.hosts.some((host) => matchesGlob(host, call.host))) &&
    (rule.methods === null || rule.methods.includes(call.method))
  );
}

/** Whether a rule that may be about a call is about it. */
export function matchesRest(rule: Matching, call: Pick<MatchedCall, 'path' | 'status'>): boolean {
  return (
    call.status !== null &&
    (rule.statuses ? rule.statuses.includes(call.status) : call.status >= 200 && call.status < 300) &&
    (rule.paths === null || rule.paths.some((path) => matchesPath(path, call.path)))
  );
}

/** Hosts whose rules are remembered, and methods of each. */
const MOST_HOSTS = 2000;
const MOST_METHODS = 30;

interface Host<T> {
  vendor: string;
  service: string | null;
  methods: Map<string, T>;
}

/**
 * Finds the rules that may be about a call: of the rest `matchesRest` says whether they are. They are gathered once for
 * each host and method, and made into what is wanted of them.
 */
export function createRuleFinder<R, T>(
  rules: readonly R[],
  ruleOf: (rule: R) => Matching,
  make: (found: readonly R[]) => T,
): (call: Pick<MatchedCall, 'vendor' | 'service' | 'host' | 'method'>) => T {
  const byVendor = Map.groupBy(rules, (rule) => ruleOf(rule).vendor);
  const none = make([]);
  const hosts = new Map<string, Host<T>>();
  return (call) => {
    const { vendor, service, host, method } = call;
    let known = hosts.get(host);
    if (known?.vendor !== vendor || known.service !== service) {
      // Most hosts are of vendors of whom no rule says anything.
      if (!byVendor.has(vendor)) return none;
      if (hosts.size >= MOST_HOSTS) hosts.clear();
      hosts.set(host, (known = { vendor, service, methods: new Map() }));
    }
    let made = known.methods.get(method);
    if (made === undefined) {
      made = make(byVendor.get(vendor)?.filter((rule) => matchesPlace(ruleOf(rule), call)) ?? []);
      if (known.methods.size < MOST_METHODS) known.methods.set(method, made);
    }
    return made;
  };
}
