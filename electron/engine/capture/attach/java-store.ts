import { createHash } from 'node:crypto';

/** Java's own name for “no secret”: what the integrity digest of a store without keys is made with. */
export const STORE_PASSWORD = 'changeit';

/**
 * A trust store in the JKS format, which every Java from 1.2 on reads: certificates in the clear, and a digest over all
 * of it. Written here because `keytool` is not on every machine and takes a second.
 * Format: OpenJDK, sun/security/provider/JavaKeyStore.java.
 */
export function writeJavaStore(certificates: readonly Uint8Array[]): Buffer {
  const parts: Buffer[] = [u32(0xfeed_feed), u32(2), u32(certificates.length)];
  for (const [index, certificate] of certificates.entries()) {
    // Entry kind 2: a certificate that is trusted. The date is nobody's concern, and would make each file differ.
    parts.push(u32(2), utf(`ca-${index}`), u32(0), u32(0), utf('X.509'), u32(certificate.length));
    parts.push(Buffer.from(certificate));
  }
  const store = Buffer.concat(parts);
  const digest = createHash('sha1')
    .update(Buffer.from(STORE_PASSWORD, 'utf16le').swap16())
    .update('Mighty Aphrodite')
    .update(store)
    .digest();
  return Buffer.concat([store, digest]);
}

/** The certificates of a PEM text, as DER. */
export function certificatesOf(pem: string): Buffer[] {
  const found = pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g);
  return [...found].map((match) => Buffer.from(match[1] ?? '', 'base64'));
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function utf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
