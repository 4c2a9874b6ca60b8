import { MATCH_FIELDS } from '../../../shared/model/policy.ts';
import { quoted } from './quoted.ts';

/** The mark of a budget behind the key of its counter: `app=x 80%`. */
const MARK = /(?:^| )\d+(?:\.\d+)?%$/;

/** Where another field of it begins. */
const NEXT = new RegExp(` (?=(?:${MATCH_FIELDS.join('|')}|(?:tag|header)\\.[^\\s=]+)=)`);

/** A counter’s key as its parts: `app=billing tag.tenant=acme`, perhaps with a budget’s mark; an empty key has none. */
function readKey(key: string): { field: string; value: string }[] {
  const parts = key.replace(MARK, '').split(NEXT);
  return parts.flatMap((part) => {
    const at = part.indexOf('=');
    const value = part.slice(at + 1);
    // Values are written as in addresses where there are several (`counterKeyReader`).
    return at < 1 ? [] : [{ field: part.slice(0, at), value: parts.length > 1 ? decoded(value) : value }];
  });
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** What the filter language has words for; the policy’s own name keeps the rest apart. */
const FILTERED = ['app', 'vendor', 'service', 'model', 'endpoint', 'method', 'host', 'credential'];
/** What the costs view can be narrowed by. */
const COSTED = ['app', 'vendor', 'service', 'model', 'endpoint', 'credential'];

/** A key as terms of the filter language. */
export function keyTerms(key: string): string[] {
  return readKey(key).flatMap(({ field, value }) =>
    FILTERED.includes(field) || field.startsWith('tag.')
      ? [value === '?' ? `not ${field}:*` : `${field}:${quoted(value)}`]
      : [],
  );
}

/** A key as the address of the costs view has it. */
export function keyParams(key: string): Record<string, string> {
  return Object.fromEntries(
    readKey(key).flatMap(({ field, value }) =>
      COSTED.includes(field) ? [[field, value]] : field.startsWith('tag.') ? [[`tag:${field.slice(4)}`, value]] : [],
    ),
  );
}
