import type { Masker } from './mask.ts';
import { normaliseName } from './rules.ts';
import type { HeaderForm, RuleSet } from './rules.ts';

/** Which headers hold secrets, and how each kind is masked: for header blocks, and for headers written down in bodies. */
export interface HeaderValues {
  /** Null for a header that holds no secret. */
  formOf(name: string): HeaderForm | null;
  mask(form: HeaderForm, value: string): string;
}

export function createHeaderValues(rules: RuleSet, masker: Masker): HeaderValues {
  const forms = new Map<string, HeaderForm | null>();
  const ending = new RegExp(`(?:^|[-_])(?:${rules.headerEndings.join('|')})$`);
  const schemes = new Set(rules.schemes);
  const own = new Set(rules.names);
  const none = new Set(rules.plain);

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

  return { formOf, mask: maskValue };
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
