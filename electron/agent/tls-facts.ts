import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { TlsFacts } from '../../shared/model/call.ts';

/** What a connection agreed on, read once per connection. */
export function tlsFactsOf(socket: TLSSocket): TlsFacts | null {
  try {
    const version = socket.getProtocol();
    if (version === null) return null;
    const { servername } = socket as { servername?: unknown };
    return {
      version,
      cipher: socket.getCipher()?.standardName ?? socket.getCipher()?.name ?? '',
      alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : null,
      serverName: typeof servername === 'string' && servername !== '' ? servername : null,
      chain: chainOf(socket),
      verdict: socket.authorized ? 'trusted' : verdictOf(socket.authorizationError),
    };
  } catch {
    return null;
  }
}

function chainOf(socket: TLSSocket): string[] {
  const chain: string[] = [];
  let certificate = socket.getPeerCertificate(true) as PeerCertificate & { issuerCertificate?: PeerCertificate };
  while (certificate?.fingerprint256 !== undefined && chain.length < 10) {
    const print = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    if (chain.includes(print)) break;
    chain.push(print);
    certificate = certificate.issuerCertificate as typeof certificate;
  }
  return chain;
}

function verdictOf(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return typeof code === 'string' ? code : typeof message === 'string' ? message : 'unverified';
  }
  return typeof error === 'string' && error !== '' ? error : 'unverified';
}
