import { quoted } from './place.ts';

/** A counter’s key as its parts: `app=billing tag.tenant=acme`; an empty key has none. */
export function readKey(key: string): { field: string; value: string }[] {
  return key.split(/ (?=[\w.-]+=)/).flatMap((part) => {
    const at = part.indexOf('=');
    return at < 1 ? [] : [{ field: part.slice(0, at), value: part.slice(at + 1) }];
  });
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
