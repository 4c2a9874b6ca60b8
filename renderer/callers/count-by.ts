import type { Api } from '../client/api.ts';

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
  /** Calls of which it is not known where in the code they were made. */
  unknown: number;
  /** Calls that were looked at. */
  counted: number;
  complete: boolean;
}

/** Calls of which something is known about where in the code they were made. */
const KNOWN = '(callsite:* or package:*)';
const ERRORS = '(status:>=400 or failure:*)';
/** The contract's most; errors are looked up by value, so all that can be had are wanted. */
const ALL = 100;

const both = (...terms: readonly string[]): string => terms.filter((term) => term !== '').join(' ');

/** Counts calls by package or by place in code, the commonest first, with the errors of each. */
export async function countBy(
  api: Api,
  field: 'package' | 'callsite',
  query: string,
  span: { since: number; until: number },
  most: number,
  signal: AbortSignal,
): Promise<CountedBy> {
  const ask = (filter: string, limit: number) =>
    api.calls.facets({ ...(filter !== '' && { query: filter }), ...span, fields: [field], limit }, { signal });
  // A list of places is of calls that are known already.
  const grouped = field === 'package' ? `(${query}) ${KNOWN}`.replace('() ', '') : query;
  const [known, failed, all] = await Promise.all([
    ask(grouped, most),
    ask(both(grouped, ERRORS), ALL),
    field === 'package' ? ask(query, 1) : null,
  ]);
  const [facet] = known.facets;
  const errors = new Map(failed.facets[0]?.values.map(({ value, calls }) => [value, calls]));
  return {
    values: (facet?.values ?? []).map(({ value, calls }) => ({ value, calls, errors: errors.get(value) ?? 0 })),
    others: facet?.others ?? 0,
    // Of a part that was looked at nothing can be said about the rest.
    unknown: all?.complete === true && known.complete ? Math.max(0, all.counted - known.counted) : 0,
    counted: known.counted,
    complete: known.complete,
  };
}
