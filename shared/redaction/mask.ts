/**
 * The form a secret takes in everything we keep:
 *
 *     ***1a2b(9f3c2d10)      three stars, the last four chars, a keyed fingerprint in brackets
 *     ***(9f3c2d10)          the same without the last four: short secrets, and those whose end says too much
 *
 * ASCII only, and every char may stand in a header, a query, a cookie, JSON, XML and a form without
 * escaping. Equal secrets have equal fingerprints (within one installation), so "is it the same
 * key?" can be answered without knowing the key.
 */
export const MASKED = /^\*\*\*[A-Za-z0-9]{0,4}\([0-9a-z]{4,32}\)$/;

/** Under this length the last four chars would be too much of the whole. */
const SHOWS_LAST_FOUR = 16;

export interface Masker {
  /**
   * The mask of a secret given as bytes (one char a byte). Empty and already masked text is given back. `written`: how it
   * stood in the text that the mask stands in now, where that is not the secret itself (escapes); null: not to be told.
   */
  mask(secret: string, showEnd?: boolean, written?: string | null): string;
}

export interface MaskOptions {
  /** A keyed fingerprint of the secret: short, lower-case letters and digits. */
  fingerprint: (secret: string) => string;
  /** Told of every secret masked, as it was written, for what may keep it in memory. */
  onSecret?: (secret: string, masked: string) => void;
}

const REMEMBERED = 4096;

/** Makes a masker that remembers recent secrets: the same credential comes with every call. */
export function createMasker({ fingerprint, onSecret }: MaskOptions): Masker {
  const recent = new Map<string, string>();
  return {
    mask(secret, showEnd = true, written = secret) {
      if (secret === '' || (secret.startsWith('***') && MASKED.test(secret))) return secret;
      const key = showEnd ? secret : `\0${secret}`;
      let masked = recent.get(key);
      if (masked === undefined) {
        masked = `***${showEnd ? lastFour(secret) : ''}(${fingerprint(secret)})`;
        if (secret.length < 4096) {
          if (recent.size >= REMEMBERED) recent.clear();
          recent.set(key, masked);
        }
      }
      if (written !== null) onSecret?.(written, masked);
      return masked;
    },
  };
}

function lastFour(secret: string): string {
  if (secret.length < SHOWS_LAST_FOUR) return '';
  const end = /[A-Za-z0-9]{4}(?==*$)/.exec(secret.slice(-8));
  return end ? end[0] : '';
}
