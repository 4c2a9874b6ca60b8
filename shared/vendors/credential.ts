import { headerValue } from '../events/header-lines.ts';

/** Headers that hold a key and nothing else, most telling first. */
const KEY_HEADERS = [
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-auth-token',
  'private-token',
  'x-shopify-access-token',
  'apikey',
  'x-apikey',
  'xi-api-key',
];
const MASK = /\*\*\*[A-Za-z0-9]{0,4}\([0-9a-z]{4,32}\)/;
const KEY_PARAMETER =
  /[?&](key|api_key|apikey|api-key|access_token|token|appid)=(\*\*\*[A-Za-z0-9]{0,4}\([0-9a-z]{4,32}\))/i;

/**
 * Which secret a call was made with, told from its redacted head: the scheme and the secret's fingerprint as redaction writes
 * it (`Bearer ***1a2b(9f3c2d10)`, `x-api-key ***(…)`), never the secret. Null without one.
 */
export function credentialOf(requestLines: string, query: string): string | null {
  const authorization = headerValue(requestLines, 'authorization');
  if (authorization !== null && authorization !== '') {
    const mask = MASK.exec(authorization);
    if (mask !== null) {
      const space = authorization.search(/[ \t]/);
      return space > 0 && space < mask.index ? `${authorization.slice(0, Math.min(space, 40))} ${mask[0]}` : mask[0];
    }
  }
  for (const name of KEY_HEADERS) {
    const value = headerValue(requestLines, name);
    const mask = value === null ? null : MASK.exec(value);
    if (mask !== null) return `${name} ${mask[0]}`;
  }
  const parameter = query === '' ? null : KEY_PARAMETER.exec(query);
  return parameter === null ? null : `${parameter[1]!.toLowerCase()} ${parameter[2]!}`;
}
