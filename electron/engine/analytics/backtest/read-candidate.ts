import { isScalar, type Document } from 'yaml';
import type { PolicySet } from '../../../../shared/policies/governor.ts';
import { readPolicies } from '../../../../shared/policies/file/policy-file.ts';
import { readYaml } from '../../registers/read-yaml.ts';

/** What stands in the way of trying a text, with its place. */
export interface BadPolicies {
  problem: 'bad-policies';
  problems: { line: number; column: number; says: string }[];
}

/** A text that is to be tried: one policy, a list of them, or a whole file. */
export interface ReadCandidate {
  set: PolicySet;
  text: string;
  document: Document;
  /** Where a policy stands in the text. */
  pathOf(index: number): (string | number)[];
}

/** Reads policies to be tried; `only`: nothing but this one of them. Never throws. */
export function readCandidate(text: string, only?: string): ReadCandidate | BadPolicies {
  const yaml = readYaml(text);
  if ('problems' in yaml) return { problem: 'bad-policies', problems: yaml.problems.map(placed) };
  const { document, value } = yaml;
  const shape = shapeOf(value);
  const {
    set,
    policies: written,
    problems,
  } = readPolicies(shape === 'file' ? value : { policies: shape === 'one' ? [value] : value }, {
    version: 0,
    zone: ZONE,
  });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (set === null || errors.length > 0)
    return {
      problem: 'bad-policies',
      problems: errors.map(({ path, isKey, says }) => placed({ ...yaml.placeOf(inText(path, shape), isKey), says })),
    };
  const policies = only === undefined ? set.policies : set.policies.filter(({ id }) => id === only);
  if (policies.length === 0)
    return {
      problem: 'bad-policies',
      problems: [
        {
          line: 1,
          column: 1,
          says:
            only === undefined
              ? 'There is no policy in it: give one with `id`, `kind` and `settings`.'
              : `There is no policy “${only}” in it.`,
        },
      ],
    };
  const places = policies.map(({ id }) => written.find(({ policy }) => policy.id === id)?.place ?? 0);
  return {
    set: { ...set, policies },
    text,
    document,
    pathOf: (index) => inText(['policies', places[index]!], shape) as (string | number)[],
  };
}

/** The text with another value for one setting of its only policy: everything else stays as it is written. Units stay: `25 USD`, `1m`. */
export function withSetting(candidate: ReadCandidate, setting: string, value: number): string {
  const path = [...candidate.pathOf(0), 'settings', ...setting.split('.')];
  const node: unknown = candidate.document.getIn(path, true);
  if (isScalar(node) && node.range) {
    const unit = typeof node.value === 'string' ? /^\s*[\d_.,]+(\s*[^\d\s].*)$/.exec(node.value)?.[1] : undefined;
    const [from, to] = node.range;
    return `${candidate.text.slice(0, from)}${value}${unit ?? ''}${candidate.text.slice(to)}`;
  }
  const document = candidate.document.clone();
  document.setIn(path, value);
  return document.toString({ lineWidth: 0 });
}

/** What a setting is now, without its unit; null: it is not there, or no number. */
export function settingOf(candidate: ReadCandidate, setting: string): number | null {
  const node: unknown = candidate.document.getIn([...candidate.pathOf(0), 'settings', ...setting.split('.')], true);
  if (!isScalar(node)) return null;
  const number =
    typeof node.value === 'number' ? node.value : Number.parseFloat(String(node.value).replaceAll('_', ''));
  return Number.isFinite(number) ? number : null;
}

/** This machine’s. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

type Shape = 'one' | 'list' | 'file';

function shapeOf(value: unknown): Shape {
  if (Array.isArray(value)) return 'list';
  const isFile =
    typeof value === 'object' && value !== null && ('policies' in value || !('kind' in value || 'id' in value));
  return isFile ? 'file' : 'one';
}

/** A place in the file as one in the text that stands for a part of it. */
function inText(path: readonly PropertyKey[], shape: Shape): readonly PropertyKey[] {
  if (shape === 'file' || path[0] !== 'policies') return path;
  return shape === 'list' ? path.slice(1) : path.slice(2);
}

function placed({ line, column, says }: { line: number; column: number; says: string }) {
  return { line, column, says };
}
