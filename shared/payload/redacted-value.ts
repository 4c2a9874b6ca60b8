/** A stored value in pieces: plain text, and the marks that redaction left (shared/redaction/mask.ts). */
export type ValuePiece = { text: string } | { masked: string; lastFour: string; fingerprint: string };

const MARK = /\*\*\*([A-Za-z0-9]{0,4})\(([0-9a-z]{4,32})\)/g;

/** Takes a value apart, so that what was redacted can be shown as such: `Bearer ` + a mark. */
export function splitRedacted(value: string): ValuePiece[] {
  const pieces: ValuePiece[] = [];
  let at = 0;
  for (const found of value.matchAll(MARK)) {
    if (found.index > at) pieces.push({ text: value.slice(at, found.index) });
    pieces.push({ masked: found[0], lastFour: found[1] ?? '', fingerprint: found[2] ?? '' });
    at = found.index + found[0].length;
  }
  if (at < value.length || pieces.length === 0) pieces.push({ text: value.slice(at) });
  return pieces;
}
