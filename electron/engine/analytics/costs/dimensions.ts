import { COST_DIMENSIONS } from '../../../../shared/contract/costs.ts';
import type { CostCell } from './cost-cells.ts';
import { dayOf, type Apart } from './cost-cells.ts';

type Fixed = (typeof COST_DIMENSIONS)[number];

/** The value of a cell in one dimension; null: not known, or not tagged. */
export type KeyOf = (cell: CostCell) => string | null;

const KEYS: Readonly<Record<Fixed, KeyOf>> = {
  vendor: (cell) => cell.vendor,
  // Ids of services are unique within their vendor only.
  service: (cell) => (cell.service === null ? null : `${cell.vendor}/${cell.service}`),
  model: (cell) => cell.model,
  app: (cell) => cell.app,
  team: (cell) => cell.team,
  endpoint: (cell) => cell.endpoint,
  credential: (cell) => cell.credential,
  day: (cell) => new Date(dayOf(cell.start) / 1000).toISOString().slice(0, 10),
  provenance: (cell) => cell.provenance,
};

const MOST = 4;
const LONGEST_TAG = 64;

/** How cells are told apart by these dimensions, or why they cannot be, in two sentences. */
export function readDimensions(by: readonly string[]): { keys: KeyOf[] } | { why: string; remedy: string } {
  const remedy = `There are ${COST_DIMENSIONS.join(', ')}, and tag:NAME, as in tag:feature.`;
  if (by.length === 0 || by.length > MOST)
    return { why: `Costs are told apart by one to ${MOST} things at once, not by ${by.length}.`, remedy };
  const keys: KeyOf[] = [];
  for (const [index, name] of by.entries()) {
    if (by.indexOf(name) !== index) return { why: `“${name}” is named twice.`, remedy: 'Name it once.' };
    const key = keyOf(name);
    if (key === null) return { why: `Costs cannot be told apart by “${name}”.`, remedy };
    keys.push(key);
  }
  return { keys };
}

/** What has to be told apart for some dimensions, beside time. */
export function apartFor(by: readonly string[]): Omit<Apart, 'time'> {
  return { tags: by.some((name) => name.startsWith('tag:')), credential: by.includes('credential') };
}

/** Null when there is no such dimension. */
export function keyOf(name: string): KeyOf | null {
  const fixed = COST_DIMENSIONS.find((known) => known === name);
  if (fixed !== undefined) return KEYS[fixed];
  const tag = name.startsWith('tag:') ? name.slice(4) : '';
  if (tag === '' || tag.length > LONGEST_TAG) return null;
  return ({ tags }) => (Object.hasOwn(tags, tag) ? (tags[tag] ?? null) : null);
}
