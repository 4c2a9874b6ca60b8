import { isDeepStrictEqual } from 'node:util';

/** A policy as it is written in the file: keys and plain values. */
type Written = Readonly<Record<string, unknown>>;

/** What is different between two policy files, in sentences by policy, and which policies they are about. */
export interface DescribedChanges {
  changes: string[];
  about: string[];
}

/** More differences of one policy are only counted. */
const MOST_TOLD = 6;

/** Compares files as plain data; `policies` say what those of the new one do. */
export function describeChanges(
  before: { plain: unknown },
  after: { plain: unknown; policies: readonly { id: string; says: string }[] },
): DescribedChanges {
  const changes: string[] = [];
  const about = new Set<string>();
  const saysOf = (id: string): string => after.policies.find((policy) => policy.id === id)?.says ?? '';
  const [was, is] = [partsOf(before.plain), partsOf(after.plain)];
  for (const [id, policy] of is.policies) {
    const old = was.policies.get(id);
    if (!old) changes.push(`${id}: new, ${textOf(policy['kind'])}, ${modeOf(policy)}. ${saysOf(id)}`);
    else if (isDeepStrictEqual(old, policy)) continue;
    else changes.push(`${id}: ${differencesOf(old, policy)}`);
    about.add(id);
  }
  for (const [id, policy] of was.policies) {
    if (is.policies.has(id)) continue;
    changes.push(`${id}: removed, was ${modeOf(policy)}`);
    about.add(id);
  }
  for (const exception of is.exceptions) {
    if (was.exceptions.some((one) => isDeepStrictEqual(one, exception))) continue;
    changes.push(`${textOf(exception['policy'])}: an exception ${sayException(exception)}`);
    about.add(textOf(exception['policy']));
  }
  for (const exception of was.exceptions) {
    if (is.exceptions.some((one) => isDeepStrictEqual(one, exception))) continue;
    changes.push(`${textOf(exception['policy'])}: no exception any more ${sayException(exception)}`);
    about.add(textOf(exception['policy']));
  }
  const keys = new Set([...Object.keys(was.rest), ...Object.keys(is.rest)]);
  for (const key of keys) {
    if (isDeepStrictEqual(was.rest[key], is.rest[key])) continue;
    if (key === 'tests') changes.push(`tests: ${countOf(was.rest[key])} → ${countOf(is.rest[key])}`);
    else changes.push(`${key}: ${textOf(was.rest[key]) || 'not said'} → ${textOf(is.rest[key]) || 'not said'}`);
  }
  const order = (parts: Parts): string[] => [...parts.policies.keys()];
  if (changes.length === 0 && !isDeepStrictEqual(order(was), order(is))) changes.push('The order of policies changed.');
  if (changes.length === 0) changes.push('Nothing that counts: comments and spaces.');
  return { changes, about: [...about] };
}

interface Parts {
  policies: Map<string, Written>;
  exceptions: Written[];
  rest: Written;
}

function partsOf(file: unknown): Parts {
  const { policies, exceptions, ...rest } = (isMap(file) ? file : {}) as Record<string, unknown>;
  return {
    policies: new Map(listOf(policies).map((policy) => [textOf(policy['id']), policy])),
    exceptions: listOf(exceptions),
    rest,
  };
}

function differencesOf(before: Written, after: Written): string {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  const told: string[] = [];
  if (modeOf(before) !== modeOf(after)) told.push(`${modeOf(before)} → ${modeOf(after)}`);
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    if (key === 'mode') continue;
    const [old, now] = [was.get(key), is.get(key)];
    if (old === now) continue;
    const name = key.replace(/^settings\./, '');
    if (old === undefined) told.push(`${name} ${now}`);
    else told.push(now === undefined ? `without ${name} (was ${old})` : `${name} ${old} → ${now}`);
  }
  const more = told.length - MOST_TOLD;
  if (told.length === 0) return 'the same, written otherwise';
  return [...told.slice(0, MOST_TOLD), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function leavesOf(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (isMap(value))
    for (const [key, inner] of Object.entries(value)) leavesOf(inner, path ? `${path}.${key}` : key, into);
  else into.set(path, textOf(value));
  return into;
}

function sayException(exception: Written): string {
  const leaves = [...leavesOf(exception['match'])].filter(([key]) => key !== '');
  const calls = leaves.map(([key, value]) => `${key}=${value}`).join(' ');
  const owner = textOf(exception['owner']);
  return `for ${calls || 'every call'} until ${textOf(exception['expires'])}${owner ? ` (${owner})` : ''}`;
}

function modeOf(policy: Written): string {
  return textOf(policy['mode']);
}

function listOf(value: unknown): Written[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

function countOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function isMap(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
