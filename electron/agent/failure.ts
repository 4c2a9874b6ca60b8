import type { Failure, FailureKind } from '../../shared/model/failure.ts';

/** How far a call had come when it failed. */
export type Stage = 'connect' | 'head' | 'body';

const KINDS: Record<string, FailureKind> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  ENODATA: 'dns',
  ECONNREFUSED: 'refused',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOENT: 'unreachable',
  EACCES: 'unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'timeout-connect',
  UND_ERR_HEADERS_TIMEOUT: 'timeout-head',
  UND_ERR_BODY_TIMEOUT: 'timeout-body',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'timeout-tls',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  UND_ERR_SOCKET: 'closed-early',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'closed-early',
  UND_ERR_RESPONSE: 'malformed-answer',
  UND_ERR_PRX_TLS: 'upstream-proxy',
  UND_ERR_ABORTED: 'client-left',
  UND_ERR_DESTROYED: 'client-left',
  UND_ERR_CLOSED: 'client-left',
  ABORT_ERR: 'client-left',
  EPROTO: 'tls-upstream-failed',
};

const UNTRUSTED =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|CRL_|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|PATH_LENGTH|ERR_TLS_CERT_ALTNAME_INVALID)/;

/** What an error that a program's client gave says of its call. `left`: the program itself ended the call. */
export function failureOf(error: unknown, stage: Stage, left = false): Failure {
  const { code, name, message } = describe(error);
  const kind = left ? 'client-left' : kindOf(code, name, stage);
  const said = code !== '' && !message.includes(code) ? `${message} (${code})` : message;
  return { kind, detail: said.slice(0, 500) };
}

function kindOf(code: string, name: string, stage: Stage): FailureKind {
  const known = KINDS[code];
  if (known !== undefined) return known;
  if (UNTRUSTED.test(code)) return 'tls-upstream-untrusted';
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls-upstream-failed';
  if (code.startsWith('HPE_') || code === 'ERR_HTTP2_ERROR') return 'malformed-answer';
  if (code === 'ETIMEDOUT' || name === 'TimeoutError') return timeoutAt(stage);
  if (name === 'AbortError') return 'client-left';
  if (code === 'ECONNRESET') return 'reset';
  if (code === 'ERR_HTTP2_STREAM_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR') return 'reset';
  // What is left is thrown by the program's own code, or by its client for reasons of its own.
  return 'client-left';
}

export function timeoutAt(stage: Stage): FailureKind {
  return stage === 'connect' ? 'timeout-connect' : stage === 'head' ? 'timeout-head' : 'timeout-body';
}

function describe(error: unknown): { code: string; name: string; message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', name: '', message: String(error) };
  const { code, name, message, errors, cause } = error as Record<string, unknown>;
  // node:http2 says of every stream of a session that did not come to be that it was cancelled.
  if (code === 'ERR_HTTP2_STREAM_CANCEL' && cause instanceof Error) return describe(cause);
  if (message === '' && Array.isArray(errors) && errors.length > 0) return describe(errors[0]);
  return {
    code: typeof code === 'string' ? code : '',
    name: typeof name === 'string' ? name : '',
    message: typeof message === 'string' && message !== '' ? message : 'it failed',
  };
}
