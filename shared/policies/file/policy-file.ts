import type { z } from 'zod';
import type { Match, Policy, PolicyException } from '../../model/policy.ts';
import { nearest } from '../../query/suggest.ts';
import type { PolicySet } from '../governor.ts';
import { KINDS } from '../kinds.ts';
import { OTHERWISE } from '../otherwise.ts';
import { exceptionSchema, policySchema, testSchema, topSchema, type PolicyTest } from './file-schema.ts';
import { EVERY_CALL } from './match-schema.ts';
import { sayIssues, type FileProblem } from './say-issues.ts';
import { warnOf } from './warnings.ts';

/** What reading a file needs to know of where it is read. */
export interface FileSurroundings {
  /** Number that the set gets. */
  version: number;
  /** Zone where the file says none: this machine's. */
  zone: string;
  /** Microseconds since the epoch, for what has expired; left out: nothing is warned of. */
  now?: number;
  /** Whether the catalogue has a vendor of this id, and what is near where it has not. */
  vendors?: { knows: (id: string) => boolean; ids: () => readonly string[] };
}

export interface ReadPolicies {
  /** Null where there is an error; warnings leave it be. */
  set: PolicySet | null;
  /** All that could be read, errors or not: for lists beside an editor. `place`: of the list in the file. */
  policies: readonly { policy: Policy; place: number }[];
  exceptions: readonly { exception: PolicyException; place: number }[];
  tests: readonly { test: PolicyTest; place: number }[];
  problems: FileProblem[];
}

const MOST_POLICIES = 5000;

/**
 * Reads policies from what a YAML reader made of the file. Never throws: whatever is wrong is a problem with the keys that
 * lead to it. Null and undefined are an empty file.
 */
export function readPolicies(written: unknown, around: FileSurroundings): ReadPolicies {
  const problems: FileProblem[] = [];
  const policies: { policy: Policy; place: number }[] = [];
  const exceptions: { exception: PolicyException; place: number }[] = [];
  const tests: { test: PolicyTest; place: number }[] = [];
  const document = written ?? {};

  const top = topSchema.safeParse(document);
  if (!top.success) problems.push(...sayIssues(top.error.issues, topSchema, document, [], null));
  const listOf = (key: string): readonly unknown[] => {
    const found =
      typeof document === 'object' && Object.hasOwn(document, key) ? (document as Record<string, unknown>)[key] : null;
    return Array.isArray(found) ? (found as unknown[]) : [];
  };

  const ids = new Map<string, number>();
  for (const [place, one] of listOf('policies').entries()) {
    if (place >= MOST_POLICIES) {
      problems.push(problemAt(['policies', place], null, `there are more than ${MOST_POLICIES} policies`));
      break;
    }
    const policy = readPolicy(one, ['policies', place], problems);
    if (!policy) continue;
    const before = ids.get(policy.id);
    if (before !== undefined) {
      problems.push(
        problemAt(
          ['policies', place, 'id'],
          policy.id,
          `\`${policy.id}\` is the id of policy number ${before + 1} too`,
        ),
      );
      continue;
    }
    ids.set(policy.id, place);
    policies.push({ policy, place });
  }

  for (const [place, one] of listOf('exceptions').entries()) {
    const path = ['exceptions', place];
    const read = readWith(exceptionSchema, one, path, null, problems);
    if (!read) continue;
    const { policy, match, owner, reason, expires } = read;
    if (policy !== '*' && policy !== OTHERWISE && !idsIn(document).includes(policy)) {
      const near = nearest(policy, [...ids.keys()]);
      problems.push({
        ...problemAt(
          [...path, 'policy'],
          policy,
          `there is no policy \`${policy}\`${near === null ? '' : `; did you mean \`${near}\`?`}`,
        ),
        suggestion: near,
      });
      continue;
    }
    exceptions.push({ exception: { policy, match, owner, reason: reason ?? null, expiresAt: expires }, place });
  }

  for (const [place, one] of listOf('tests').entries()) {
    const test = readWith(testSchema, one, ['tests', place], null, problems);
    if (test) tests.push({ test, place });
  }

  problems.push(...warnOf({ policies, exceptions, tests }, around));
  const hasError = problems.some(({ severity }) => severity === 'error');
  const read = top.success ? top.data : null;
  return {
    set: hasError
      ? null
      : {
          version: around.version,
          otherwise: read?.otherwise ?? 'allow',
          zone: read?.zone ?? around.zone,
          policies: policies.map(({ policy }) => policy),
          exceptions: exceptions.map(({ exception }) => exception),
        },
    policies,
    exceptions,
    tests,
    problems,
  };
}

/** One policy: the mapping alone, as an editor or a backtest is given it. Problems are added to the list. */
export function readPolicy(
  written: unknown,
  path: readonly (string | number)[],
  problems: FileProblem[],
): Policy | null {
  const id = idOf(written);
  const read = readWith(policySchema, written, path, id, problems);
  const settings = readSettings(written, path, id, problems);
  if (!read || settings === null) return null;
  if (read.onFault !== undefined && read['on-fault'] !== undefined) {
    problems.push(problemAt([...path, 'on-fault'], id, '`on-fault` and `onFault` are the same; leave one out'));
    return null;
  }
  const match = withWhen(read.match ?? EVERY_CALL, read.when);
  if (match === null) {
    problems.push(problemAt([...path, 'when'], id, '`when` stands beside match and inside it; join them with &&'));
    return null;
  }
  return {
    id: read.id,
    kind: read.kind,
    mode: read.mode,
    match,
    settings: settings.value,
    onFault: read.onFault ?? read['on-fault'] ?? 'open',
    owner: read.owner ?? null,
    reason: read.reason ?? null,
    expiresAt: read.expires ?? null,
  };
}

/** Settings are read even where the rest is wrong, so that all mistakes are seen at once. */
function readSettings(
  written: unknown,
  path: readonly (string | number)[],
  id: string | null,
  problems: FileProblem[],
): { value: unknown } | null {
  if (typeof written !== 'object' || written === null) return null;
  const { kind, settings } = written as { kind?: unknown; settings?: unknown };
  const known = typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind as keyof typeof KINDS] : undefined;
  if (!known) {
    if (policySchema.shape.kind.safeParse(kind).success) {
      problems.push(
        problemAt([...path, 'kind'], id, `policies of kind \`${String(kind)}\` are not understood by this version`),
      );
    }
    return null;
  }
  const value = readWith(known.settings, settings ?? {}, [...path, 'settings'], id, problems);
  return value === null ? null : { value };
}

function readWith<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: readonly (string | number)[],
  policy: string | null,
  problems: FileProblem[],
): T | null {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  problems.push(...sayIssues(read.error.issues, schema, value, path, policy));
  return null;
}

function withWhen(match: Match, when: string | undefined): Match | null {
  if (when === undefined) return match;
  return match.when === null ? { ...match, when } : null;
}

function idOf(written: unknown): string | null {
  if (typeof written !== 'object' || written === null || !('id' in written)) return null;
  const { id } = written;
  return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 100) : null;
}

/** Ids as written, also of policies with mistakes in them. */
function idsIn(document: object): string[] {
  const { policies } = document as { policies?: unknown };
  return Array.isArray(policies) ? policies.flatMap((one) => idOf(one) ?? []) : [];
}

export function problemAt(path: readonly (string | number)[], policy: string | null, says: string): FileProblem {
  return { path, isKey: false, severity: 'error', policy, says, suggestion: null, span: null };
}
