import { readItem, setInItem, applyChanges } from '../editor/item-edit.ts';

/** What the tuner reads of a draft, a policy as YAML; null where the draft says nothing, or nothing that can be read. */
export interface DraftSettings {
  id: string;
  kind: string;
  mode: string;
  algorithm: string | null;
  /** A number; a budget's amount without its currency. */
  limit: number | null;
  /** As it is written: `1m`. */
  window: string | null;
  burst: number | null;
  per: readonly string[];
  action: string | null;
  maxWait: string | null;
}

export const ALGORITHMS = [
  'token-bucket',
  'leaky-bucket',
  'fixed-window',
  'sliding-window',
  'concurrency',
  'adaptive',
  'vendor-pacing',
] as const;
export const WINDOWS = ['1s', '10s', '1m', '10m', '1h', '1d'] as const;
export const PERS = ['app', 'vendor', 'credential', 'model', 'endpoint', 'tag.feature', 'tag.user'] as const;

/** Null while the draft is not YAML. */
export function readDraft(text: string): DraftSettings | null {
  const item = readItem(text);
  if (item === null) return null;
  const settings = isRecord(item['settings']) ? item['settings'] : {};
  return {
    id: asText(item['id']) ?? '',
    kind: asText(item['kind']) ?? '',
    mode: asText(item['mode']) ?? 'observe',
    algorithm: asText(settings['algorithm']),
    limit: asNumber(settings['limit']),
    window: asText(settings['window']) ?? asText(settings['period']),
    burst: asNumber(settings['burst']),
    per: Array.isArray(settings['per'])
      ? settings['per'].filter((one): one is string => typeof one === 'string')
      : typeof settings['per'] === 'string'
        ? [settings['per']]
        : [],
    action: asText(settings['action']),
    maxWait: asText(settings['maxWait']) ?? asText(settings['max-wait']),
  };
}

/** The draft with another setting (undefined: without it); as it was where that cannot be written. */
export function changeDraft(text: string, path: readonly string[], value: unknown): string {
  const changes = setInItem(text, path, value);
  return changes === null ? text : applyChanges(text, changes);
}

/** The draft with another limit, in the words it was written in: an amount of money keeps its currency. */
export function withLimit(text: string, limit: number): string {
  const item = readItem(text);
  const settings = item !== null && isRecord(item['settings']) ? item['settings'] : {};
  const before = settings['limit'];
  const currency = typeof before === 'string' ? /[A-Za-z$€£]+/.exec(before)?.[0] : undefined;
  return changeDraft(text, ['settings', 'limit'], currency === undefined ? limit : `${limit} ${currency}`);
}

/** A policy to begin with, for calls that are alike in these. */
export function startDraft(match: Readonly<Record<string, string>>, taken: readonly string[]): string {
  const about = match['vendor'] ?? match['app'] ?? 'calls';
  const plain = about.replaceAll(/[^\w-]+/g, '-').toLowerCase();
  let id = `${plain}-pace`;
  for (let number = 2; taken.includes(id); number++) id = `${plain}-pace-${number}`;
  const fields = Object.entries(match).map(([field, value]) => `    ${field}: ${JSON.stringify(value)}\n`);
  return `- id: ${id}
  kind: limit
  mode: observe
${fields.length === 0 ? '' : `  match:\n${fields.join('')}`}  settings:
    algorithm: sliding-window
    limit: 60
    window: 1m
    per: [app]
    action: reject
`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}

function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const read = /^[^\d]*([\d_]*\.?\d+)/.exec(value)?.[1];
  return read === undefined ? null : Number(read.replaceAll('_', ''));
}
