import type { LimitSignal } from '../../model/limit-signal.ts';
import type { LimitFields } from './limit-fields.ts';
import { fromNow, readCount, readTime } from './said-time.ts';
import { signalOf, unitOf, windowOf } from './signal.ts';

/**
 * The family that says each figure in a field of its own: `X-RateLimit-Remaining`, `x-ratelimit-reset-tokens`,
 * `anthropic-ratelimit-input-tokens-limit`, `X-HubSpot-RateLimit-Daily-Remaining`, `X-Rate-Limit-Limit`, `RateLimit-Limit`.
 * What is left of a name when vendor, “ratelimit” and the figure are taken out is the resource.
 */
const NAME = /^(?:.*?-)?rate-?limit(?:-(.+))?$|^anthropic-(priority-.+)$/;

type Figure = 'limit' | 'remaining' | 'used' | 'reset' | 'window';
const FIGURES: Readonly<Record<string, Figure>> = {
  limit: 'limit',
  max: 'limit',
  quota: 'limit',
  total: 'limit',
  capacity: 'limit',
  remaining: 'remaining',
  available: 'remaining',
  left: 'remaining',
  used: 'used',
  count: 'used',
  reset: 'reset',
  resets: 'reset',
  period: 'window',
  window: 'window',
  interval: 'window',
};
/** Words of a name that say how its value is written, not of which limit it is. */
const MANNERS: ReadonlySet<string> = new Set([
  'after',
  'at',
  'in',
  'ms',
  'milliseconds',
  'seconds',
  'time',
  'utc',
  'epoch',
]);
/** Fields of the family that are no figures. */
const OTHERS: ReadonlySet<string> = new Set([
  'policy',
  'resource',
  'name',
  'bucket',
  'scope',
  'type',
  'global',
  'reason',
  'nearlimit',
  'retry-after',
  'fillrate',
]);

interface Draft {
  limit: string | undefined;
  remaining: string | undefined;
  used: string | undefined;
  reset: string | undefined;
  /** The reset is seconds or milliseconds from now, whatever its size. */
  resetUnit: number | undefined;
  window: number | undefined;
  source: string;
}

/** Reads all of the family. */
export function readNamedFields({ of, clock }: LimitFields): LimitSignal[] {
  const drafts = new Map<string, Draft>();
  for (const [field, value] of of) {
    const said = readName(field);
    if (said) note(drafts, field, said, value);
  }
  // One bucket, named in a field of its own: GitHub's resource, Discord's bucket, Datadog's name.
  const named = of.get('x-ratelimit-resource') || of.get('x-ratelimit-bucket') || of.get('x-ratelimit-name');
  const signals: LimitSignal[] = [];
  for (const [key, draft] of drafts) {
    const plain = key === '';
    const resource = plain ? (named?.slice(0, 80).toLowerCase() ?? 'requests') : key;
    const limit = readCount(draft.limit);
    const used = readCount(draft.used);
    const remaining =
      readCount(draft.remaining) ?? (limit !== null && used !== null ? Math.max(0, limit - used) : null);
    const ofLimit = windowParameter(draft.limit);
    const { unit, window } = kindOf(resource);
    const signal = signalOf({
      resource,
      unit,
      limit,
      remaining,
      resetAt: draft.reset === undefined ? null : resetOf(draft.reset, draft.resetUnit, clock),
      window: ofLimit ?? draft.window ?? window,
      source: draft.source,
    });
    if (signal) signals.push(signal);
  }
  return signals;
}

/** Resources repeat with every answer, too; vendors name some of them in the answer. */
const kinds = new Map<string, { unit: LimitSignal['unit']; window: number | null }>();

function kindOf(resource: string): { unit: LimitSignal['unit']; window: number | null } {
  let kind = kinds.get(resource);
  if (kind === undefined) {
    kind = { unit: unitOf(resource), window: windowOf(resource) };
    if (kinds.size >= REMEMBERED) kinds.clear();
    kinds.set(resource, kind);
  }
  return kind;
}

/** What a field's name says. */
interface Name {
  figure: Figure;
  /** Of which limit; empty: of the one there is. */
  key: string;
  /** The value is a time from now, not a time. */
  after: boolean;
  millis: boolean;
}

/** Names repeat with every answer. */
const REMEMBERED = 1000;
const names = new Map<string, Name | null>();

function readName(field: string): Name | null {
  let name = names.get(field);
  if (name === undefined) {
    name = parseName(field);
    if (names.size >= REMEMBERED) names.clear();
    names.set(field, name);
  }
  return name;
}

function parseName(field: string): Name | null {
  const found = NAME.exec(field);
  if (!found || field.startsWith('x-amzn-')) return null;
  const rest = found[1] ?? found[2] ?? 'limit';
  if (OTHERS.has(rest)) return null;
  let figure: Figure | null = null;
  const resource: string[] = [];
  const manners: string[] = [];
  for (const word of rest.split('-')) {
    const one = FIGURES[word];
    if (one !== undefined && (figure === null || figure === 'limit')) figure = one;
    else if (figure !== null && MANNERS.has(word)) manners.push(word);
    else resource.push(word);
  }
  // `X-HubSpot-RateLimit-Daily: 250000` names a window only: it is the limit. Other names without a figure say something else.
  if (figure === null) {
    if (resource.length !== 1 || windowOf(resource[0]!) === null) return null;
    figure = 'limit';
  }
  const millis = manners.includes('ms') || manners.includes('milliseconds');
  const after = manners.includes('after') || manners.includes('in') || millis;
  return { figure, key: resource.join('-').slice(0, 80), after, millis };
}

function note(drafts: Map<string, Draft>, field: string, { figure, key, after, millis }: Name, value: string): void {
  let draft = drafts.get(key);
  if (!draft) {
    draft = {
      limit: undefined,
      remaining: undefined,
      used: undefined,
      reset: undefined,
      resetUnit: undefined,
      window: undefined,
      source: field,
    };
    drafts.set(key, draft);
  }
  if (figure === 'window') {
    const length = readCount(value);
    if (length !== null && length > 0) draft.window = millis ? length / 1000 : length;
    return;
  }
  if (figure === 'reset') {
    // What says “from now” beats what says a time: it needs no clock.
    if (draft.reset !== undefined && !after) return;
    if (after && !(millis && Number(value) > 1e11)) draft.resetUnit = millis ? 1000 : 1_000_000;
    else draft.resetUnit = undefined;
    draft.reset = value;
    return;
  }
  if (figure === 'remaining') draft.source = field;
  draft[figure] ??= value;
}

function resetOf(value: string, unit: number | undefined, clock: LimitFields['clock']): number | null {
  const number = readCount(value);
  if (unit !== undefined && number !== null) return fromNow(number * unit, clock);
  return readTime(value, clock);
}

/** `RateLimit-Limit: 100, 100;w=60` (drafts up to 06), `100;window=60`. */
function windowParameter(limit: string | undefined): number | null {
  const found = limit === undefined || !limit.includes(';') ? null : /;\s*w(?:indow)?=(\d{1,8})/.exec(limit);
  return found && Number(found[1]) > 0 ? Number(found[1]) : null;
}
