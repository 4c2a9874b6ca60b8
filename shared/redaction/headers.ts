import type { Masker } from './mask.ts';
import { normaliseName } from './rules.ts';
import type { HeaderForm, RuleSet } from './rules.ts';

/** Masks the secrets of a raw header block; all lines that hold none stay byte for byte. */
export type HeaderRedactor = (lines: string) => string;

export function createHeaderRedactor(
  rules: RuleSet,
  masker: Masker,
  redactText: (text: string) => string,
): HeaderRedactor {
  const forms = new Map<string, HeaderForm | null>();
  const ending = new RegExp(`(?:^|[-_])(?:${rules.headerEndings.join('|')})$`);
  const schemes = new Set(rules.schemes);
  const own = new Set(rules.names);
  const none = new Set(rules.plain);

  // Most names are dismissed by their last two letters, before they are even cut out of the block.
  const lastTwo = new Uint8Array(1024);
  for (const name of [...Object.keys(rules.headers), ...rules.headerEndings]) lastTwo[twoAt(name, name.length - 2)] = 1;
  // Of a user's names it is not known how they end: marks may stand anywhere in them.
  if (own.size > 0) lastTwo.fill(1);

  /** Names as they were sent are looked up once: there are few of them. */
  function formOf(name: string): HeaderForm | null {
    let form = forms.get(name);
    if (form === undefined) {
      const plain = name.trim().toLowerCase();
      form = rules.headers[plain] ?? (ending.test(plain) || own.has(normaliseName(plain)) ? 'value' : null);
      if (form !== null && none.has(normaliseName(plain))) form = null;
      if (forms.size > 5000) forms.clear();
      if (name.length < 100) forms.set(name, form);
    }
    return form;
  }

  function maskValue(form: HeaderForm, value: string): string {
    switch (form) {
      case 'credentials':
        return maskCredentials(value);
      case 'cookies':
        return value.split(';').map(maskCookie).join(';');
      case 'set-cookie': {
        const end = value.indexOf(';');
        return end < 0 ? maskCookie(value) : maskCookie(value.slice(0, end)) + value.slice(end);
      }
      case 'value':
        return keepSpace(value, (secret) => masker.mask(secret));
    }
  }

  function maskCookie(pair: string): string {
    const equals = pair.indexOf('=');
    if (equals < 0) return keepSpace(pair, (secret) => masker.mask(secret));
    return pair.slice(0, equals + 1) + keepSpace(pair.slice(equals + 1), (secret) => masker.mask(secret));
  }

  function maskCredentials(value: string): string {
    return keepSpace(value, (text) => {
      const parts = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+)([ \t]+)([^]+)$/.exec(text);
      const scheme = parts?.[1]?.toLowerCase() ?? '';
      if (!parts || !schemes.has(scheme)) return masker.mask(text);
      const [, name = '', space = '', rest = ''] = parts;
      // The end of a Basic credential is the end of the password.
      if (scheme === 'basic') return name + space + masker.mask(rest, false);
      if (/^[\w-]+ *= */.test(rest) && /[,"]|^Credential=/.test(rest)) return name + space + maskParts(rest);
      return name + space + masker.mask(rest);
    });
  }

  /** `key="value", key=value`: SigV4, Digest, Hawk, OAuth 1. What only says how it was signed is kept. */
  function maskParts(rest: string): string {
    return rest.replace(
      /([\w-]+)( *= *)("(?:[^"\\]|\\.)*"?|[^,]*)/g,
      (_whole, key: string, equals: string, value: string) => {
        if (
          /^(?:realm|algorithm|qop|nc|uri|signedheaders|headers|oauth_version|oauth_signature_method|oauth_timestamp|ts|version|charset)$/i.test(
            key,
          )
        )
          return `${key}${equals}${value}`;
        const quoted = value.startsWith('"');
        const plain = quoted ? value.slice(1, value.endsWith('"') && value.length > 1 ? -1 : undefined) : value.trim();
        const slash = key.toLowerCase() === 'credential' ? plain.indexOf('/') : -1; // key id / date / region …
        const masked = slash < 0 ? masker.mask(plain) : masker.mask(plain.slice(0, slash)) + plain.slice(slash);
        return `${key}${equals}${quoted ? `"${masked}"` : masked}`;
      },
    );
  }

  return (lines) => {
    let out = '';
    let copied = 0;
    let at = 0;
    const { length } = lines;
    while (at < length) {
      let end = lines.indexOf('\n', at);
      if (end < 0) end = length;
      const bare = lines.indexOf('\r', at); // a bare CR ends a line for some servers
      if (bare >= 0 && bare < end - 1) end = bare;
      const colon = lines.indexOf(':', at);
      if (
        colon >= 0 &&
        colon < end &&
        (lastTwo[twoAt(lines, colon - 2)] === 1 || isSpace(lines.charCodeAt(colon - 1)))
      ) {
        const form = formOf(lines.slice(at, colon));
        if (form !== null) {
          // Folded lines belong to the value.
          while (end < length && (lines.charCodeAt(end + 1) === 32 || lines.charCodeAt(end + 1) === 9)) {
            const next = lines.indexOf('\n', end + 1);
            end = next < 0 ? length : next;
          }
          const stop = lines.charCodeAt(end - 1) === 13 ? end - 1 : end;
          const value = lines.slice(colon + 1, stop);
          const masked = maskValue(form, value);
          if (masked !== value) {
            out += lines.slice(copied, colon + 1) + masked;
            copied = stop;
          }
        }
      }
      at = end + 1;
    }
    return redactText(copied === 0 ? lines : out + lines.slice(copied));
  };
}

/** Two chars as an index, without case; different ones may share it. */
function twoAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 31) << 5) | (text.charCodeAt(at + 1) & 31);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

/** Keeps the white space (and quotes) around a value, so that only the secret itself is replaced. */
function keepSpace(value: string, change: (text: string) => string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isAround(value.charCodeAt(start))) start += 1;
  while (end > start && isAround(value.charCodeAt(end - 1))) end -= 1;
  return start === end ? value : value.slice(0, start) + change(value.slice(start, end)) + value.slice(end);
}

function isAround(code: number): boolean {
  return code === 32 || code === 9 || code === 34 || code === 13 || code === 10;
}
