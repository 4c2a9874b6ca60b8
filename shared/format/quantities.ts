/** Durations, sizes and counts in the words people read. Three significant digits, never more. */

const DURATIONS: readonly [string, number][] = [
  ['h', 3.6e9],
  ['min', 6e7],
  ['s', 1e6],
  ['ms', 1e3],
];

/** Microseconds as `850 µs`, `12.3 ms`, `1.5 s`, `2.25 min`; null as `–`. */
export function formatDuration(microseconds: number | null): string {
  if (microseconds === null) return '–';
  return inLargest(microseconds, DURATIONS, 'µs');
}

const SIZES: readonly [string, number][] = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
];

/** Bytes as `512 B`, `1.45 kB`, `2 GB` (decimal units); null as `–`. */
export function formatSize(bytes: number | null): string {
  if (bytes === null) return '–';
  return inLargest(bytes, SIZES, 'B');
}

/** A whole number with thin groups: `1,234,567`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `940`, `21k`, `1.2M`: a count where there is room for a glance only. */
export function shortCount(count: number): string {
  for (const [unit, factor] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (count < factor * 0.9995) continue;
    const value = count / factor;
    return `${value >= 9.95 ? Math.round(value) : Number(value.toFixed(1))}${unit}`;
  }
  return formatCount(count);
}

/** `1 call`, `2 calls`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function inLargest(amount: number, units: readonly [string, number][], smallest: string): string {
  for (const [unit, factor] of units) {
    // 999,950 µs would round to "1000 ms": the next unit begins where rounding reaches it.
    if (amount >= factor * 0.9995) return `${threeDigits(amount / factor)} ${unit}`;
  }
  return `${amount} ${smallest}`;
}

function threeDigits(value: number): string {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
