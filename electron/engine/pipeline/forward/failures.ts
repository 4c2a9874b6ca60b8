import type { Failure } from '../../../../shared/model/failure.ts';

/** Codes with which OpenSSL and Node say that the origin's certificate does not verify. */
const UNTRUSTED = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'CRL_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'OUT_OF_MEM',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_TLS_CERT_ALTNAME_FORMAT',
]);

const TRUST_IT = 'If you trust it, give it with --upstream-ca FILE or NODE_EXTRA_CA_CERTS.';

/** Why a certificate does not verify, and what helps. */
const REASONS: Record<string, { why: string; next: string }> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: { why: 'it is self-signed', next: TRUST_IT },
  SELF_SIGNED_CERT_IN_CHAIN: { why: 'its root is not trusted on this machine', next: TRUST_IT },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { why: 'its issuer is not trusted on this machine', next: TRUST_IT },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    why: 'its issuer is not trusted on this machine, or the origin does not send its intermediate certificate',
    next: TRUST_IT,
  },
  CERT_HAS_EXPIRED: { why: 'it has expired', next: 'Its owner has to renew it; check this machine’s clock too.' },
  CERT_NOT_YET_VALID: { why: 'it is not valid yet', next: 'Check this machine’s clock.' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    why: 'it is for other names',
    next: 'Check the address, and what answers there.',
  },
};

export function isUntrusted(code: string): boolean {
  return UNTRUSTED.has(code);
}

/** The failure of an origin certificate that does not verify; `code` as in TlsFacts.verdict. */
export function untrustedFailure(host: string, code: string): Failure {
  const { why, next } = REASONS[code] ?? { why: 'it does not verify', next: 'Look at it with openssl s_client.' };
  return {
    kind: 'tls-upstream-untrusted',
    detail: `The certificate of ${host} was refused: ${why} (${code}). ${next}`,
  };
}

/** What an alert of the origin's TLS says, in place of OpenSSL's own line; null when it is no TLS error. */
function tlsReason(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { reason } = error as { reason?: unknown };
  const said = typeof reason === 'string' ? reason : /SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1];
  if (said === undefined) return null;
  if (/certificate required/i.test(said))
    return `it wants a client certificate (${said}); give one with --client-certificate HOST=CERT,KEY`;
  if (/protocol version|unsupported protocol/i.test(said))
    return `it speaks no TLS version that is still safe (${said})`;
  if (/no application protocol/i.test(said))
    return `it offers none of the HTTP versions that the program speaks (${said})`;
  return said;
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    const code = (error as { code?: unknown }).code;
    if (typeof code === 'string') return code;
    // Happy eyeballs fails with one error holding one per address.
    const errors = (error as { errors?: unknown }).errors;
    if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  }
  return '';
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(textOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** What an error while connecting to `host:port` means. `stage` is how far it got. */
export function connectFailure(error: unknown, host: string, port: number, stage: 'tcp' | 'tls'): Failure {
  const code = codeOf(error);
  const text = textOf(error);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
    case 'EAI_FAIL':
    case 'EAI_FAMILY':
    case 'EAI_SERVICE':
      return { kind: 'dns', detail: `The name ${host} could not be resolved (${code}).` };
    case 'ECONNREFUSED':
      return { kind: 'refused', detail: `Nothing accepts connections on ${host}:${port} (${code}).` };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'ENETDOWN':
    case 'EHOSTDOWN':
    case 'EINVAL':
    case 'EACCES':
    case 'EPERM':
      return { kind: 'unreachable', detail: `There is no route to ${host}:${port} (${code}).` };
    case 'ETIMEDOUT':
      return { kind: 'timeout-connect', detail: `${host}:${port} did not answer the connection in time (${code}).` };
  }
  if (isUntrusted(code)) return untrustedFailure(host, code);
  if (stage === 'tls') {
    return {
      kind: 'tls-upstream-failed',
      detail: `The TLS handshake with ${host}:${port} failed: ${tlsReason(error) ?? `${text}${code === '' ? '' : ` (${code})`}`}.`,
    };
  }
  if (code === 'ECONNRESET')
    return { kind: 'reset', detail: `${host}:${port} reset the connection while it was being made.` };
  return { kind: 'unreachable', detail: `No connection to ${host}:${port}: ${text}.` };
}

/** What the loss of an established connection to the origin means. */
export function lossFailure(error: unknown, host: string, when: string): Failure {
  const code = codeOf(error);
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return { kind: 'reset', detail: `${host} reset the connection ${when} (${code}).` };
  if (code === 'ETIMEDOUT')
    return { kind: 'timeout-body', detail: `The connection to ${host} died ${when} (${code}).` };
  if (error === null || error === undefined)
    return { kind: 'closed-early', detail: `${host} closed the connection ${when}.` };
  // In TLS 1.3 the origin refuses a client's certificate, or its absence, after the handshake.
  const alert = tlsReason(error);
  if (alert !== null) return { kind: 'tls-upstream-failed', detail: `${host} broke TLS off ${when}: ${alert}.` };
  return { kind: 'reset', detail: `The connection to ${host} broke ${when}: ${textOf(error)}.` };
}
