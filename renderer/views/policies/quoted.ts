/** A value as the filter language takes it. */
export function quoted(value: string): string {
  return /^[\w.@/-]+$/.test(value) ? value : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
