import type { Api } from '../client/api.ts';
import type { FacetField } from '../data/seen-values.ts';

/** Calls with a value in common, and how many of them failed or were answered with 400 and above. */
export interface Counted {
  value: string | null;
  calls: number;
  errors: number;
}

export interface CountedBy {
  values: Counted[];
  /** Calls with other values. */
  others: number;
  /** Calls that say a place in code. */
  callsites: number;
  /** Calls that were looked at. */
  counted: number;
  complete: boolean;
}

const ERRORS = '(status:>=400 or failure:*)';
/** The contract's most; errors are looked up by value, so all that can be had are wanted. */
const ALL = 100;

/** Counts calls by package or by place in code, the commonest first, with the errors of each. */
export async function countBy(
  api: Api,
  field: 'package' | 'callsite',
  query: string,
  span: { since: number; until: number },
  most: number,
  signal: AbortSignal,
): Promise<CountedBy> {
  const fields: FacetField[] = field === 'package' ? ['package', 'callsite'] : ['callsite'];
  const asked = fields as 'host'[];
  const [all, failed] = await Promise.all([
    api.calls.facets({ ...(query !== '' && { query }), ...span, fields: asked, limit: most }, { signal }),
    api.calls.facets(
      { query: query === '' ? ERRORS : `${query} ${ERRORS}`, ...span, fields: [field as 'host'], limit: ALL },
      { signal },
    ),
  ]);
  const facet = all.facets.find((one) => (one.field as FacetField) === field);
  const errors = new Map(failed.facets[0]?.values.map(({ value, calls }) => [value, calls]));
  const sites = all.facets.find((one) => (one.field as FacetField) === 'callsite');
  return {
    values: (facet?.values ?? []).map(({ value, calls }) => ({ value, calls, errors: errors.get(value) ?? 0 })),
    others: facet?.others ?? 0,
    callsites: (sites?.values ?? []).reduce((sum, { value, calls }) => sum + (value === null ? 0 : calls), 0),
    counted: all.counted,
    complete: all.complete,
  };
}
