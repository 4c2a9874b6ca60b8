import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { StoredCredential } from './entries.ts';

/** Known to scanners, and to our own redaction, by how it begins. */
const PREFIX = 'sp_';
/** 256 bits. */
const BYTES = 32;
const SALT_BYTES = 16;

/** A fresh secret: `sp_` and 43 signs that stand in an address as they are. */
export function makeSecret(): string {
  return PREFIX + randomBytes(BYTES).toString('base64url');
}

/**
 * What is kept of a secret. A slow hash (scrypt, Argon2) protects what people can guess; 256 random bits nobody can,
 * and the proxy has to answer in microseconds also to those that flood it with wrong ones. The salt keeps equal
 * secrets, should somebody copy one by hand, from looking equal, and tables from being of use.
 */
export function hashSecret(
  secret: string,
  salt: Buffer = randomBytes(SALT_BYTES),
): Pick<StoredCredential, 'salt' | 'hash'> {
  return { salt: salt.toString('base64url'), hash: digest(secret, salt).toString('base64url') };
}

/** Whether it is this one, in a time that does not tell how much of it was right. */
export function isSecret(secret: string, kept: Pick<StoredCredential, 'salt' | 'hash'>): boolean {
  const expected = Buffer.from(kept.hash, 'base64url');
  const given = digest(secret, Buffer.from(kept.salt, 'base64url'));
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Compared with where there is nothing to compare with, so that an unknown app takes as long as a known one. */
export const NOBODYS = hashSecret(makeSecret());

function digest(secret: string, salt: Buffer): Buffer {
  return createHash('sha256').update(salt).update(secret).digest();
}
