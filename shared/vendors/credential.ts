import { headLines, KEY_FIELDS, LINE, lineValue } from './head-lines.ts';

const MASK = /\*\*\*[A-Za-z0-9]{0,4}\([0-9a-z]{4,32}\)/;
const KEY_PARAMETER =
  /[?&](key|api_key|apikey|api-key|access_token|token|appid)=(\*\*\*[A-Za-z0-9]{0,4}\([0-9a-z]{4,32}\))/i;

/**
 * Which secret a call was made with, told from its redacted head: the scheme and the secret's fingerprint as redaction writes
 * it (`Bearer ***1a2b(9f3c2d10)`, `x-api-key ***(…)`), never the secret. Null without one.
 */
export function credentialOf(requestLines: string, query: string): string | null {
  const lines = requestLines === '' ? null : headLines(requestLines);
  if (lines !== null && (lines.all & LINE.key) !== 0)
    for (const field of KEY_FIELDS) {
      for (let index = 0; index < lines.count; index += 1) {
        // Of several of one name the first counts.
        if ((lines.kinds[index]! & LINE.key) === 0 || lines.names[index] !== field) continue;
        const said = inField(field, lineValue(requestLines, lines, index));
        if (said !== null) return said;
        break;
      }
    }
  const parameter = query === '' ? null : KEY_PARAMETER.exec(query);
  return parameter === null ? null : `${parameter[1]!.toLowerCase()} ${parameter[2]!}`;
}

/** By field and value: the same secret comes with every call, and is to be the same text. */
const known = new Map<string, Map<string, string | null>>([...KEY_FIELDS].map((field) => [field, new Map()]));
const REMEMBERED = 2000;

function inField(field: string, value: string): string | null {
  const values = known.get(field)!;
  let said = values.get(value);
  if (said === undefined) {
    said = readField(field, value);
    if (values.size >= REMEMBERED) values.clear();
    values.set(value, said);
  }
  return said;
}

function readField(field: string, value: string): string | null {
  const mask = MASK.exec(value);
  if (mask === null) return null;
  if (field !== 'authorization') return `${field} ${mask[0]}`;
  const space = value.search(/[ \t]/);
  return space > 0 && space < mask.index ? `${value.slice(0, Math.min(space, 40))} ${mask[0]}` : mask[0];
}
