import { readRange } from '../../data/time-range.ts';
import { METRICS } from './figures.ts';
import type { Metric } from './figures.ts';
import { GROUPINGS } from './graph.ts';
import type { Grouping } from './graph.ts';
import { COLOURINGS, WHERES } from './paint.ts';
import type { Colouring, Where } from './paint.ts';
import { USUAL_SPAN } from './span.ts';

export const LOOKS = ['graph', 'sankey', 'world'] as const;
export type Look = (typeof LOOKS)[number];

/** All of the map’s state that can be linked to. */
export interface MapState {
  look: Look;
  range: string;
  width: Metric;
  colour: Colouring;
  group: Grouping;
  /** Keys of groups drawn as one. */
  folded: ReadonlySet<string>;
  /** Whether vendors show their endpoints; null: as many as fit. */
  endpoints: 'all' | 'none' | null;
  /** Vendors that do it the other way round. */
  flipped: ReadonlySet<string>;
  /** What the span is compared with: a name of `COMPARISONS`, or two times. */
  versus: string;
  /** The day or hour looked at; '' for the whole span. */
  at: string;
  selected: string | null;
  find: string;
  /** Null: all. '' is the app nobody knows. */
  app: string | null;
  vendor: string | null;
  table: boolean;
  where: Where;
}

const oneOf = <T extends string>(values: readonly T[], value: string | undefined, usual: T): T =>
  values.find((one) => one === value) ?? usual;
const listOf = (text: string | undefined): ReadonlySet<string> =>
  new Set((text ?? '').split(',').filter(Boolean).map(decode));

/** Names have commas, too; the rest is the address’s own business. */
const encode = (text: string): string => text.replaceAll('%', '%25').replaceAll(',', '%2C');
const decode = (text: string): string => text.replaceAll('%2C', ',').replaceAll('%25', '%');

/** Reads the address; what makes no sense in it counts as not there. */
export function readState(params: Readonly<Record<string, string>>): MapState {
  const range = params['range'] ?? USUAL_SPAN;
  const endpoints = params['endpoints'];
  return {
    look: oneOf(LOOKS, params['look'], 'graph'),
    range: readRange(range) ? range : USUAL_SPAN,
    width: oneOf(METRICS, params['width'], 'calls'),
    colour: oneOf(COLOURINGS, params['colour'], 'status'),
    group: oneOf(GROUPINGS, params['group'], 'none'),
    folded: listOf(params['folded']),
    endpoints: endpoints === 'all' || endpoints === 'none' ? endpoints : null,
    flipped: listOf(params['flip']),
    versus: params['vs'] ?? 'previous',
    at: params['at'] ?? '',
    selected: params['sel'] ?? null,
    find: params['find'] ?? '',
    app: params['app'] === undefined ? null : params['app'] === '-' ? '' : params['app'],
    vendor: params['vendor'] ?? null,
    table: params['table'] === '1',
    where: oneOf(WHERES, params['where'], 'endpoint'),
  };
}

/** A set as it stands in the address; '' takes the parameter away. */
export const writeList = (values: ReadonlySet<string>): string => [...values].map(encode).toSorted().join(',');

/** With a member added, or taken away when it was there. */
export function toggled(set: ReadonlySet<string>, value: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}
