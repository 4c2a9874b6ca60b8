import { usePreference } from './preferences.ts';

const KEPT = 50;
const NONE: readonly string[] = [];

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Filters used lately, the latest first. */
export function useFilterHistory(): { recent: readonly string[]; remember: (filter: string) => void } {
  const [recent, put] = usePreference('filters.recent', NONE, areTexts);
  return {
    recent,
    remember(filter) {
      const text = filter.trim();
      if (text === '' || recent[0] === text) return;
      // What only goes on from the one before takes its place.
      const others = recent.filter((one, index) => one !== text && !(index === 0 && text.startsWith(one)));
      put([text, ...others].slice(0, KEPT));
    },
  };
}
