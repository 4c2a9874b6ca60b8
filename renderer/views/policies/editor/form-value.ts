/** A value of the file as it stands in a field. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object')
    return JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ').replaceAll(':', ': ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function listText(value: unknown): string {
  return Array.isArray(value) ? value.map((one) => String(one)).join(', ') : valueText(value);
}

/** What was typed, as a number where it is one: `60`, but `1m`, `25 USD` and `80%` are words. */
export function readAmount(text: string): unknown {
  if (text.trim() === '') return undefined;
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

export function readList(text: string): unknown {
  const parts = text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  return parts.length === 0 ? undefined : parts;
}

export function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
