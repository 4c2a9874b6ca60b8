/**
 * Whether a stored value was redacted before it was kept, so that exports can say so. Redaction
 * leaves the scheme and the last characters and puts its mark between; this looks for the mark.
 */
export function isRedacted(value: string): boolean {
  return /redacted/i.test(value);
}
