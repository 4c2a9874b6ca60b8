/**
 * What looks made by chance: UUIDs, ULIDs, KSUIDs, nanoids, cuids, hex of 16 and more, and those with a prefix that says of
 * what (`ch_3Nf…`, `req-9xYt…`). Figures alone are never an id here: an amount has them, too.
 */

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
/** What redaction left of a secret (shared/redaction/mask.ts). */
const MARK = /\*\*\*[A-Za-z0-9]{0,4}\([0-9a-z]{4,32}\)/g;
const WORD = /[A-Za-z0-9_-]{8,256}/g;
const BASE64 = /^[A-Za-z0-9+/_-]{24,}={0,2}$/;

/** A text with every random id in it taken for the same one; what stands in front of an id (`ch_`) stays. */
export function maskIds(text: string): string {
  if (text.length < 8) return text;
  if (text.length <= 4096 && BASE64.test(text) && looksRandom(text)) return '\0id';
  return text.replace(MARK, '\0secret').replace(UUID, '\0id').replace(WORD, maskWord);
}

/** Whether a text as a whole is a random id. */
export function isRandomId(text: string): boolean {
  return /^(?:[A-Za-z][A-Za-z0-9]*[_-])*\0id$/.test(maskIds(text));
}

function maskWord(word: string): string {
  if (isUlid(word) || isHex(word)) return '\0id';
  const cut = Math.max(word.lastIndexOf('_'), word.lastIndexOf('-'));
  if (cut > 0) {
    const tail = word.slice(cut + 1);
    if (/^[A-Za-z][A-Za-z0-9_-]*$/.test(word.slice(0, cut)) && isRandomTail(tail))
      return `${word.slice(0, cut + 1)}\0id`;
  }
  return isNanoid(word) || isCuid(word) ? '\0id' : word;
}

const isUlid = (word: string): boolean =>
  /^(?:[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-7][0-9a-hjkmnp-tv-z]{25})$/.test(word) && /\d/.test(word) && /[a-z]/i.test(word);

const isHex = (word: string): boolean =>
  /^(?:[0-9a-f]{16,}|[0-9A-F]{16,})$/.test(word) && /\d/.test(word) && /[a-f]/i.test(word);

/** After a prefix: eight and more, with letters and figures in turn, or capitals all over. */
function isRandomTail(tail: string): boolean {
  if (tail.length < 8 || !/^[A-Za-z0-9]+$/.test(tail) || !/[A-Za-z]/.test(tail)) return false;
  if (isHex(tail) || isUlid(tail)) return true;
  return changesOf(tail) >= 2;
}

/** Twenty and more of small and capital letters and figures. */
function isNanoid(word: string): boolean {
  return word.length >= 20 && /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word) && changesOf(word) >= 6;
}

function isCuid(word: string): boolean {
  return /^[a-z0-9]{20,40}$/.test(word) && /\d/.test(word) && changesOf(word) >= 6;
}

function looksRandom(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && changesOf(text) >= text.length / 4;
}

/** How often small letters, capitals and figures take turns; a capital that begins a word is no turn. */
function changesOf(text: string): number {
  let changes = 0;
  let before = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = code >= 97 && code <= 122 ? 1 : code >= 48 && code <= 57 ? 2 : code >= 65 && code <= 90 ? 3 : 0;
    if (before !== 0 && kind !== 0 && kind !== before && !(before === 3 && kind === 1)) changes++;
    before = kind;
  }
  return changes;
}
