import { VENDOR_CATEGORIES, VENDOR_STATUSES } from '../../model/vendor.ts';
import { SOURCES } from '../../model/call.ts';
import type { Match, MatchField, Policy, PolicyException } from '../../model/policy.ts';
import { nearest } from '../../query/suggest.ts';
import type { PolicyTest } from './file-schema.ts';
import type { FileSurroundings } from './policy-file.ts';
import type { FileProblem } from './say-issues.ts';

interface Read {
  policies: readonly { policy: Policy; place: number }[];
  exceptions: readonly { exception: PolicyException; place: number }[];
  tests: readonly { test: PolicyTest; place: number }[];
}

/** Fields whose values are a closed list. */
const CLOSED: Readonly<Partial<Record<MatchField, readonly string[]>>> = {
  category: VENDOR_CATEGORIES,
  status: VENDOR_STATUSES,
  source: SOURCES,
  scheme: ['http', 'https', 'tcp', 'tls'],
};

/** What can be read and is probably not meant. */
export function warnOf({ policies, exceptions, tests }: Read, around: FileSurroundings): FileProblem[] {
  const problems: FileProblem[] = [];
  const warn = (
    path: readonly (string | number)[],
    policy: string | null,
    says: string,
    suggestion: string | null = null,
  ): void => {
    problems.push({ path, isKey: false, severity: 'warning', policy, says, suggestion, span: null });
  };
  const isOver = (at: number | null): boolean => around.now !== undefined && at !== null && at <= around.now;

  for (const { policy, place } of policies) {
    const path = ['policies', place];
    warnOfMatch(policy.match, [...path, 'match'], policy.id, around, warn);
    if (isOver(policy.expiresAt))
      warn([...path, 'expires'], policy.id, `\`${policy.id}\` has expired and counts no more`);
  }
  for (const { exception, place } of exceptions) {
    const path = ['exceptions', place];
    warnOfMatch(exception.match, [...path, 'match'], exception.policy, around, warn);
    if (isOver(exception.expiresAt))
      warn([...path, 'expires'], exception.policy, 'this exception has expired and counts no more');
  }
  const ids = policies.map(({ policy }) => policy.id);
  for (const { test, place } of tests) {
    if (test.by === undefined || test.by === 'otherwise' || ids.includes(test.by)) continue;
    const near = nearest(test.by, ids);
    warn(
      ['tests', place, 'by'],
      null,
      `there is no policy \`${test.by}\`${near === null ? '' : `; did you mean \`${near}\`?`}`,
      near,
    );
  }
  return problems;
}

type Warn = (
  path: readonly (string | number)[],
  policy: string | null,
  says: string,
  suggestion?: string | null,
) => void;

function warnOfMatch(
  match: Match,
  path: readonly (string | number)[],
  policy: string,
  around: FileSurroundings,
  warn: Warn,
): void {
  for (const [name, patterns] of Object.entries(match.fields)) {
    const field = name as MatchField;
    if (patterns === undefined) continue;
    const at = [...path, field];
    const positive = patterns.filter((pattern) => !pattern.startsWith('!'));
    const taken = new Set(
      patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1).toLowerCase()),
    );
    if (positive.length > 0 && (taken.has('*') || positive.every((pattern) => taken.has(pattern.toLowerCase())))) {
      warn(at, policy, `\`${field}\` takes out all that it names: no call fits`);
    }
    const known = CLOSED[field];
    for (const pattern of patterns) {
      const plain = pattern.replace(/^!/, '').toLowerCase();
      if (plain.includes('*')) continue;
      if (known && !known.includes(plain)) {
        const near = nearest(plain, known);
        warn(
          at,
          policy,
          `no call has the ${field} \`${plain}\`${near === null ? `; there is ${known.join(', ')}` : `; did you mean \`${near}\`?`}`,
          near,
        );
      }
      if (field === 'vendor' && around.vendors && !plain.includes('.') && !around.vendors.knows(plain)) {
        const near = nearest(plain, around.vendors.ids());
        warn(
          at,
          policy,
          `the catalogue has no vendor \`${plain}\`${near === null ? '; unlisted vendors are their domain: example.com' : `; did you mean \`${near}\`?`}`,
          near,
        );
      }
      if (field === 'host' && /[/\s]|:\d+$/.test(plain)) {
        warn(at, policy, `a host is a name without scheme, port or path; \`${plain}\` fits no call`);
      }
      if (field === 'path' && !plain.startsWith('/')) {
        warn(at, policy, `paths begin with \`/\`; \`${pattern}\` fits no call`);
      }
      if (field === 'path' && plain.includes('?')) {
        warn(at, policy, `a path is without its query; use \`when\` and request.query for \`${pattern}\``);
      }
      if (field === 'country' && !/^[a-z]{2}$/.test(plain)) {
        warn(at, policy, `a country is two letters, as AT; \`${pattern}\` fits no call`);
      }
    }
  }
  if (match.when?.trim() === 'false') warn([...path, 'when'], policy, '`when` is false: no call fits');
}
