import { createHash, generateKeyPairSync } from 'node:crypto';
import { createSecureContext, DEFAULT_CIPHERS, type SecureContext } from 'node:tls';
import { caPathIn, loadOrCreatePair, newPair, renewedPair, replacePair, type CaPair } from './ca-files.ts';
import { canonicalHost, issuerOf, leafCertificate, leafKeyOf, toPem, LEAF_DAYS, type Issuer } from './certificate.ts';
import { createLeafCache } from './leaf-cache.ts';
import { writeTrustBundle } from './trust-bundle.ts';

const DAY = 86_400_000;
/** A root that ends within this many days is renewed, with its key. */
const RENEW_ROOT_DAYS = 90;
/** A cached leaf is minted again this many days before its end. */
const RENEW_LEAF_DAYS = 14;

/**
 * This leg of a connection never leaves the machine, so it takes the cheapest of what is safe: no
 * post-quantum key share (a quarter of a handshake's work, and it is in the leg to the origin where
 * the client's secrets are at risk), and the shorter AES first.
 */
const LOOPBACK_LEG = {
  ecdhCurve: 'X25519:P-256:P-384',
  ciphers: `TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:${DEFAULT_CIPHERS}`,
  honorCipherOrder: true,
};

export interface Leaf {
  /** PEM, the leaf followed by the CA. */
  cert: string;
  /** PEM of the private key; the same for all leaves of this process. */
  key: string;
  secureContext: SecureContext;
}

export interface Authority {
  /** The certificate for a host name or address, minted at its first call (about 0.4 ms). Never throws. */
  leafFor(host: string): Leaf;
  readonly caPath: string;
  readonly caPem: string;
  /** SHA-256 of the CA certificate, lower-case hex without colons. */
  readonly caFingerprint: string;
  /** SHA-256 of the CA's public key, base64, as Chromium's --ignore-certificate-errors-spki-list takes it. */
  readonly spkiSha256Base64: string;
  /** The CA's common name, as trust stores show it. */
  readonly caName: string;
  /** End of the CA's validity, ms since the epoch. */
  readonly caNotAfter: number;
  /** Writes the combined bundle and returns its path. `existing`: PEM files or folders in force before. */
  writeBundle(existing: readonly string[]): string;
  /** A new key and certificate in place of the present ones, at once and on disk. Trust must be given anew. */
  rotate(): void;
}

export interface AuthorityOptions {
  dataDir: string;
  log?: (line: string) => void;
  /** Ms since the epoch. */
  now?: () => number;
  /** How many leaves are kept ready. */
  leafLimit?: number;
}

/**
 * Opens the local certificate authority of a data folder, creating it at the first start. Throws
 * `CaUnusable` (ca-files.ts) when what is there cannot be used, and the file system's own errors
 * when the folder cannot be written.
 */
export function openAuthority(options: AuthorityOptions): Authority {
  const { dataDir } = options;
  const log = options.log ?? (() => {});
  const now = options.now ?? Date.now;
  const leaves = createLeafCache<{ leaf: Leaf; from: number; until: number }>(options.leafLimit ?? 2000);

  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leafKey = leafKeyOf(pair.publicKey);
  const leafKeyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  let root: CaPair;
  let issuer: Issuer;
  use(loadOrCreatePair(dataDir, now()));
  renewIfNeeded();

  function use(next: CaPair): void {
    root = next;
    issuer = issuerOf(next.certificate, next.privateKey);
    leaves.clear();
  }

  function renewIfNeeded(): void {
    const ends = Date.parse(root.certificate.validTo);
    if (ends - now() > RENEW_ROOT_DAYS * DAY) return;
    const next = renewedPair(root.privateKey, now(), commonNameOf(root));
    replacePair(dataDir, next);
    use(next);
    log(
      `The local CA's certificate ends on ${day(ends)}, so it was renewed with the same key until ${day(Date.parse(next.certificate.validTo))}. ` +
        'Programs that trust the old certificate go on working until then; run `sallyport ca install` again where it was installed.',
    );
  }

  function mint(host: string, at: number): Leaf {
    const der = leafCertificate({ host, key: leafKey, issuer, now: at });
    const cert = toPem(der) + root.certificatePem;
    // No `ca`: it would cost a third more per host, and a server asks clients for no certificate.
    return { cert, key: leafKeyPem, secureContext: createSecureContext({ ...LOOPBACK_LEG, cert, key: leafKeyPem }) };
  }

  return {
    leafFor(host) {
      const name = canonicalHost(host);
      const at = now();
      const known = leaves.get(name);
      // `from` guards against a clock set back: a leaf from the future is as useless as an old one.
      if (known && at >= known.from && at < known.until) return known.leaf;
      const leaf = mint(name, at);
      leaves.set(name, { leaf, from: at - DAY / 2, until: at + (LEAF_DAYS - RENEW_LEAF_DAYS) * DAY });
      return leaf;
    },
    get caPath() {
      return caPathIn(dataDir);
    },
    get caPem() {
      return root.certificatePem;
    },
    get caFingerprint() {
      return createHash('sha256').update(root.certificate.raw).digest('hex');
    },
    get spkiSha256Base64() {
      return createHash('sha256')
        .update(root.certificate.publicKey.export({ type: 'spki', format: 'der' }))
        .digest('base64');
    },
    get caName() {
      return commonNameOf(root);
    },
    get caNotAfter() {
      return Date.parse(root.certificate.validTo);
    },
    writeBundle: (existing) => writeTrustBundle({ dataDir, caPem: root.certificatePem, existing, log }),
    rotate() {
      const next = newPair(now());
      replacePair(dataDir, next);
      use(next);
    },
  };
}

/**
 * Replaces the CA of a data folder without opening what is there: the way out when it is unusable.
 * Returns the path of the new certificate.
 */
export function rotateAuthority(options: { dataDir: string; now?: () => number }): string {
  replacePair(options.dataDir, newPair((options.now ?? Date.now)()));
  return caPathIn(options.dataDir);
}

function commonNameOf(pair: CaPair): string {
  return /^CN=(.*)$/m.exec(pair.certificate.subject)?.[1] ?? pair.certificate.subject;
}

function day(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
