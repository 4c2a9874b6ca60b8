import type { Match, Policy, TimeOfWeek } from '../model/policy.ts';
import { KINDS } from './kinds.ts';

/** What a policy does, in a sentence for lists: whom it is about, and what its kind says of them. */
export function describePolicy(policy: Policy): string {
  const kind = KINDS[policy.kind];
  let does: string;
  try {
    does = kind?.describe?.(policy.settings) ?? policy.kind;
  } catch {
    does = policy.kind;
  }
  return capital(`${describeMatch(policy.match)}: ${does}.`);
}

/** Which calls a match is about: `Calls of billing to openai`. */
export function describeMatch(match: Match): string {
  const { app, process, package: npm, vendor, service, host, method, endpoint, path, ...rest } = match.fields;
  const who = [words(app, ''), words(process, 'process '), words(npm, 'package ')].filter(Boolean);
  const to = [words(vendor, ''), words(service, 'service '), words(host, '')].filter(Boolean);
  const what = [words(method, ''), words(endpoint, ''), words(path, 'path ')].filter(Boolean);
  const also = [
    ...Object.entries(rest).map(([field, patterns]) => words(patterns, `${field} `)),
    ...Object.entries(match.headers).map(([name, patterns]) => words(patterns, `header ${name} `)),
    ...Object.entries(match.tags).map(([name, patterns]) => words(patterns, `tag ${name} `)),
    match.times.length === 0 ? '' : match.times.map(describeTime).join(' or '),
    match.when === null ? '' : `when ${match.when.replaceAll(/\s+/g, ' ').slice(0, 120)}`,
  ].filter(Boolean);
  const text = [
    what.length > 0 ? `${what.join(', ')} calls` : 'calls',
    who.length > 0 ? `of ${who.join(', ')}` : '',
    to.length > 0 ? `to ${to.join(', ')}` : '',
    also.length > 0 ? `with ${also.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join(' ');
  return text === 'calls' ? 'every call' : text;
}

function words(patterns: readonly string[] | undefined, before: string): string {
  if (patterns === undefined || patterns.length === 0) return '';
  const yes = patterns.filter((pattern) => !pattern.startsWith('!'));
  const no = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const all = yes.length === 0 ? 'any' : few(yes, 'or');
  return `${before}${all}${no.length === 0 ? '' : ` except ${few(no, 'and')}`}`;
}

/** The first few of a list. */
function few(texts: readonly string[], joint: string): string {
  const shown = texts.slice(0, 4);
  const rest = texts.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} ${joint} ${rest} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} ${joint} ${shown[shown.length - 1]}`;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function describeTime({ days, from, until, zone }: TimeOfWeek): string {
  const on = days.length === 0 ? 'every day' : days.map((day) => DAYS[day - 1] ?? '').join(' ');
  return `${on} ${clock(from)}–${clock(until)}${zone === null ? '' : ` ${zone}`}`;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
