import { useMemo } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import { words } from '../../words/index.ts';
import type { Step } from './cost-place.ts';

const says = words.costs;

/** What vendors are called, by their ids: costs are told apart by ids. */
export function useVendorNames(): ReadonlyMap<string, string> {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['costs', 'names'],
    queryFn: ({ signal }) => api.vendors.list({ since: 0, until: Date.now() * 1000 + 1_000_000 }, { signal }),
    refetchInterval: 60_000,
  });
  return useMemo(() => new Map((data?.vendors ?? []).map(({ id, name }) => [id, name])), [data]);
}

/** A value as people read it. */
export function nameOf({ dimension, value }: Step, names: ReadonlyMap<string, string>): string {
  if (value === null) return says.unknownValue(dimension);
  if (dimension === 'vendor') return names.get(value) ?? value;
  if (dimension === 'provenance') return says.provenance(value);
  return value;
}
