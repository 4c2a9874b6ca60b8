/** Microseconds since the epoch as ISO 8601 in UTC with milliseconds, or microseconds when there are any. */
export function isoTimestamp(microseconds: number): string {
  const text = new Date(Math.floor(microseconds / 1000)).toISOString();
  const rest = microseconds % 1000;
  return rest === 0 ? text : text.replace('Z', `${String(rest).padStart(3, '0')}Z`);
}

/** Microseconds as fractional milliseconds, for formats that count in them. */
export function milliseconds(microseconds: number): number {
  return microseconds / 1000;
}
