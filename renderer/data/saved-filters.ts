import { usePreference } from './preferences.ts';

export interface SavedFilter {
  name: string;
  query: string;
}

function areFilters(value: unknown): value is SavedFilter[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: unknown) =>
        typeof one === 'object' &&
        one !== null &&
        typeof (one as SavedFilter).name === 'string' &&
        typeof (one as SavedFilter).query === 'string',
    )
  );
}

const NONE: SavedFilter[] = [];

/** Filters somebody gave a name, in the order they were saved. */
export function useSavedFilters(): {
  saved: readonly SavedFilter[];
  save: (filter: SavedFilter) => void;
  forget: (name: string) => void;
} {
  const [saved, put] = usePreference('filters.saved', NONE, areFilters);
  return {
    saved,
    save: (filter) => put([...saved.filter(({ name }) => name !== filter.name), filter]),
    forget: (name) => put(saved.filter((one) => one.name !== name)),
  };
}
