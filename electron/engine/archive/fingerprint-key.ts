import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The key of fingerprints: made once per installation, so that equal secrets can be told from
 * different ones here, and nowhere else. Whoever has it and the database could test guesses of short
 * secrets; it is therefore a file of its own, readable by its owner only.
 */
export function loadFingerprintKey(dataDir: string): Buffer {
  const path = join(dataDir, 'fingerprint.key');
  try {
    const key = readFileSync(path);
    if (key.length >= 32) return key;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const key = randomBytes(32);
  writeFileSync(path, key, { mode: 0o600 });
  return key;
}

/** Eight hex digits of HMAC-SHA-256 over the secret's bytes (one char a byte). */
export function createFingerprint(key: Buffer): (secret: string) => string {
  return (secret) => createHmac('sha256', key).update(secret, 'latin1').digest('hex').slice(0, 8);
}
