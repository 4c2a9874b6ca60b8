/**
 * Whether a stored text holds a value that was redacted before it was kept (three stars, perhaps
 * the last characters, a fingerprint in brackets: see shared/redaction), so that exports can say so.
 */
export function isRedacted(text: string): boolean {
  return /\*\*\*[A-Za-z0-9]{0,4}\([0-9a-z]{4,32}\)/.test(text);
}
