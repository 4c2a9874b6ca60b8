import { readUtf8 } from '../bytes/utf8.ts';

export interface Jwt {
  /** As found, all three parts. */
  token: string;
  header: unknown;
  claims: unknown;
  /** Claims that are times, as seconds since the epoch, with what they mean. */
  times: readonly { claim: 'iat' | 'nbf' | 'exp' | 'auth_time'; says: string; seconds: number }[];
}

const FORM = /\beyJ[\w-]{4,}\.eyJ[\w-]{4,}\.[\w-]*/g;
const SAYS = { iat: 'issued', nbf: 'not valid before', exp: 'expires', auth_time: 'signed in' } as const;

/** JSON Web Tokens in a text, read without checking their signature. At most `most` of them. */
export function findJwts(text: string, most = 5): Jwt[] {
  const found: Jwt[] = [];
  for (const [token] of text.matchAll(FORM)) {
    const [header, claims] = token.split('.').map(readPart);
    if (header === undefined || claims === undefined) continue;
    if (!found.some((one) => one.token === token)) found.push({ token, header, claims, times: timesOf(claims) });
    if (found.length >= most) break;
  }
  return found;
}

function timesOf(claims: unknown): Jwt['times'] {
  if (typeof claims !== 'object' || claims === null) return [];
  return (Object.keys(SAYS) as (keyof typeof SAYS)[]).flatMap((claim) => {
    const seconds = (claims as Record<string, unknown>)[claim];
    return typeof seconds === 'number' ? [{ claim, says: SAYS[claim], seconds }] : [];
  });
}

function readPart(part: string): unknown {
  try {
    return JSON.parse(readUtf8(fromBase64Url(part))) as unknown;
  } catch {
    return undefined;
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Bytes of base64 in either alphabet; padding and foreign characters are skipped. */
export function fromBase64Url(text: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const char of text.replaceAll('+', '-').replaceAll('/', '_')) {
    const digit = DIGITS.indexOf(char);
    if (digit < 0) continue;
    held = ((held << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}
