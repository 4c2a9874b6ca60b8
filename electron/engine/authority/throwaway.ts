import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { issuerOf, leafCertificate, leafKeyOf, rootCertificate, toPem } from './certificate.ts';

/** A certificate for one host with a root of its own, in memory only: for an origin of ours that nobody else should trust. */
export function throwawayCertificate(host: string, now = Date.now()): { ca: string; cert: string; key: string } {
  const root = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = rootCertificate({ commonName: `Sallyport ${host}`, ...root, now });
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = issuerOf(new X509Certificate(der), root.privateKey);
  return {
    ca: toPem(der),
    cert: toPem(leafCertificate({ host, key: leafKeyOf(leaf.publicKey), issuer, now })),
    key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
