import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import {
  canonicalHost,
  issuerOf,
  leafCertificate,
  leafKeyOf,
  rootCertificate,
  toPem,
  type Issuer,
} from '../../electron/engine/authority/certificate.ts';

export interface ServerCredentials {
  cert: string;
  key: string;
}

/**
 * A certificate authority for the tests' origins, in memory. The engine under test is told of it as
 * `upstreamCa`; clients that go direct are told of it as their `ca`.
 */
export interface TestCa {
  pem: string;
  /** Credentials of a server with this name or address. */
  server(
    host: string,
    options?: { /** ms since the epoch; in the far past it is expired */ issuedAt?: number },
  ): ServerCredentials;
}

const DAY = 86_400_000;
/** An empty SEQUENCE. */
const EMPTY_NAME = Uint8Array.of(0x30, 0);

export function createTestCa(commonName = 'Test origins'): TestCa {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // Old enough to have issued what has expired since.
  const der = rootCertificate({ commonName, ...keys, now: Date.now() - 1000 * DAY });
  const pem = toPem(der);
  const issuer: Issuer = issuerOf(new X509Certificate(der), keys.privateKey);
  return {
    pem,
    server(host, options = {}) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const leaf = leafCertificate({
        host: canonicalHost(host),
        key: leafKeyOf(pair.publicKey),
        issuer,
        now: options.issuedAt ?? Date.now(),
      });
      return { cert: toPem(leaf) + pem, key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

/** For the server that nobody vouches for but itself. */
export function selfSigned(host: string): ServerCredentials {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = leafKeyOf(pair.publicKey);
  // Issuer and subject must be the same name; the writer puts the host into the subject's CN.
  const probe = new X509Certificate(
    leafCertificate({
      host,
      key,
      issuer: { name: EMPTY_NAME, keyId: key.keyId, privateKey: pair.privateKey },
      now: Date.now(),
    }),
  );
  const issuer = { ...issuerOf(probe, pair.privateKey), keyId: key.keyId };
  const leaf = leafCertificate({ host, key, issuer, now: Date.now() });
  return { cert: toPem(leaf), key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
