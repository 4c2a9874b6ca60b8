import { isScalar } from 'yaml';
import type { PolicyProblem, PolicyRow } from '../../../../shared/contract/policies.ts';
import { readPolicies, type ReadPolicies } from '../../../../shared/policies/file/policy-file.ts';
import { describePolicy } from '../../../../shared/policies/describe-policy.ts';
import type { PolicySet } from '../../../../shared/policies/governor.ts';
import { readYaml, type Place, type ReadYaml } from '../../registers/read-yaml.ts';
import type { FileProblem, Read } from '../../registers/register.ts';

/** A policy as lists show it; hits and when it changed are known elsewhere. */
export type PolicyFacts = Omit<PolicyRow, 'hits' | 'changedAt'>;

/** What a policy file says. */
export interface ReadFile {
  set: PolicySet;
  policies: PolicyFacts[];
  tests: (ReadPolicies['tests'][number] & { line: number })[];
  /** What is probably not meant, but can be. */
  warnings: PolicyProblem[];
  /** As plain data, to compare files by. */
  plain: unknown;
}

/** Reads the text, or tells every mistake in it, with warnings. Never throws. */
export function readPolicyText(text: string): Read<ReadFile, PolicyProblem> {
  const { problems, policies, read, plain, tests } = lookAt(text);
  if (read?.set) return { value: { set: read.set, policies, tests, warnings: problems, plain } };
  return { problems };
}

/** What can be told of a text that may have mistakes: for who is writing it. */
export function checkPolicyText(text: string): { problems: PolicyProblem[]; policies: PolicyFacts[] } {
  const { problems, policies } = lookAt(text);
  return { problems, policies };
}

/** A mistake of which no more is known than its place. */
export function mistakeAt(problem: FileProblem & Partial<Place>): PolicyProblem {
  const { line, column, says, endLine = line, endColumn = column } = problem;
  return { line, column, endLine, endColumn, severity: 'error', policy: null, says };
}

interface Looked extends Pick<ReadFile, 'policies' | 'tests' | 'plain'> {
  problems: PolicyProblem[];
  read: ReadPolicies | null;
}

function lookAt(text: string): Looked {
  const yaml = readYaml(text);
  if ('problems' in yaml)
    return { problems: yaml.problems.map(mistakeAt), policies: [], tests: [], plain: {}, read: null };
  const read = readPolicies(yaml.value, {
    version: 0,
    zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    now: Date.now() * 1000,
  });
  const problems = read.problems
    .map(({ path, isKey, says, severity, policy, span }): PolicyProblem => {
      const place = (span && placeInside(yaml, path, span)) ?? yaml.placeOf(path, isKey);
      return { ...place, severity, policy, says: sentence(says) };
    })
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
  return {
    problems,
    policies: factsOf(read, yaml),
    tests: read.tests.map((one) => ({ ...one, line: yaml.placeOf(['tests', one.place]).line })),
    plain: yaml.value,
    read,
  };
}

/** Letters of an expression that stands in one line as it is. */
function placeInside(yaml: ReadYaml, path: readonly PropertyKey[], span: { at: number; end: number }): Place | null {
  const node: unknown = yaml.document.getIn([...path], true);
  if (!isScalar(node) || !node.range) return null;
  const { line, column, endLine } = yaml.placeOf(path);
  const source = node.source ?? '';
  const quote = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE' ? 1 : 0;
  if (line !== endLine || source !== node.value || (!quote && node.type !== 'PLAIN')) return null;
  const start = column + quote + span.at;
  return { line, column: start, endLine, endColumn: Math.max(start, column + quote + span.end) };
}

function factsOf({ policies, exceptions }: ReadPolicies, yaml: ReadYaml): PolicyFacts[] {
  return policies.map(({ policy, place }): PolicyFacts => {
    const { id, kind, mode, owner, reason, expiresAt, onFault } = policy;
    const { line, endLine } = yaml.placeOf(['policies', place]);
    const from = exceptions.filter(({ exception }) => exception.policy === id || exception.policy === '*');
    return {
      id,
      kind,
      mode,
      line,
      endLine,
      says: describePolicy(policy),
      owner,
      reason,
      expiresAt,
      onFault,
      exceptions: from.length,
    };
  });
}

function sentence(says: string): string {
  const text = says.charAt(0).toUpperCase() + says.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
