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

/** Whether a rule is about a call: everything that it says of calls is so. */
export function matchesCall(rule: Omit<UnitRule, 'quantities'>, call: MatchedCall): boolean {
  return (
    rule.vendor === call.vendor &&
    (rule.service === null || rule.service === call.service) &&
    (rule.hosts === undefined || rule.hosts.some((host) => matchesGlob(host, call.host))) &&
    (rule.methods === null || rule.methods.includes(call.method)) &&
    (rule.paths === null || rule.paths.some((path) => matchesPath(path, call.path))) &&
    call.status !== null &&
    (rule.statuses ? rule.statuses.includes(call.status) : call.status >= 200 && call.status < 300)
  );
}
