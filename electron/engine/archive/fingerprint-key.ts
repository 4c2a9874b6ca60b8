import { hash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '../store/byte-writer.ts'; // for the types of Buffer's methods per encoding

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

/**
 * Eight hex digits of HMAC-SHA-256 over the secret's bytes (one char a byte). HMAC by hand (RFC 2104:
 * two hashes over two padded keys), because a one-shot hash costs a quarter of an Hmac object, and
 * signed requests carry a new signature every time.
 */
export function createFingerprint(key: Buffer): (secret: string) => string {
  const padded = Buffer.alloc(BLOCK);
  (key.length > BLOCK ? Buffer.from(hash('sha256', key, 'hex'), 'hex') : key).copy(padded);
  let inner = Buffer.alloc(BLOCK + 1024);
  const outer = Buffer.alloc(BLOCK + DIGEST);
  for (let i = 0; i < BLOCK; i += 1) {
    inner[i] = (padded[i] ?? 0) ^ 0x36;
    outer[i] = (padded[i] ?? 0) ^ 0x5c;
  }
  return (secret) => {
    if (inner.length < BLOCK + secret.length)
      inner = Buffer.concat([inner.subarray(0, BLOCK), Buffer.alloc(secret.length)]);
    const end = BLOCK + inner.latin1Write(secret, BLOCK, secret.length);
    outer.latin1Write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK, DIGEST);
    return hash('sha256', outer, 'hex').slice(0, 8);
  };
}

/** Bytes of a block and of a digest of SHA-256. */
const BLOCK = 64;
const DIGEST = 32;
