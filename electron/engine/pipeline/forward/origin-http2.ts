import http2 from 'node:http2';
import type net from 'node:net';
import type { Fields } from '../../../../shared/bytes/http1-head.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { Answer, Control, OutboundRequest } from '../dispatch.ts';
import { linesOf } from '../stages/record.ts';
import type { ConnectionFacts } from './connect.ts';
import { lossFailure } from './failures.ts';
import { peerOf } from './peer-address.ts';

/** Large windows: node's default of 64 KiB a stream caps a download at a few tens of MB/s over a real distance. */
const WINDOW = 4 * 1024 * 1024;

/** One HTTP/2 session to an origin, shared by the calls of many callers. */
export interface OriginHttp2 {
  readonly facts: ConnectionFacts;
  readonly key: string;
  /** Whether another stream may be opened now. */
  readonly open: boolean;
  readonly served: number;
  /** Resolves when the origin has shown that it speaks HTTP/2 (its SETTINGS came); rejects when it does not. */
  readonly ready: Promise<void>;
  send(request: OutboundRequest, answer: Answer): Control;
  /** Called about once a second while calls run: is the connection still one? */
  checkAlive(): void;
  /** Takes no more streams, and goes when those it has are over. */
  retire(): void;
  destroy(): void;
}

/** `bottom` is the TCP socket under `socket`. */
export function createOriginHttp2(
  socket: net.Socket,
  bottom: net.Socket,
  facts: ConnectionFacts,
  key: string,
  authority: string,
  onGone: (session: OriginHttp2) => void,
  idleTimeout: number,
): OriginHttp2 {
  const session = http2.connect(authority, {
    createConnection: () => socket,
    settings: { initialWindowSize: WINDOW, enablePush: false },
    maxHeaderListPairs: 2000,
    maxSettings: 128,
    peerMaxConcurrentStreams: 100,
  });
  let streams = 0;
  let limit = 100;
  let closing = false;
  let served = 0;
  let lastError: Error | null = null;

  const ready = new Promise<void>((resolve, reject) => {
    session.once('remoteSettings', (settings: http2.Settings) => {
      limit = settings.maxConcurrentStreams ?? 100;
      session.setLocalWindowSize(WINDOW * 4);
      resolve();
    });
    session.once('close', () => reject(lastError ?? new Error('the connection was closed')));
  });
  // Whoever waits for it hears; nobody waiting is no bug.
  ready.catch(() => {});
  session.on('remoteSettings', (settings: http2.Settings) => {
    limit = settings.maxConcurrentStreams ?? limit;
  });
  session.on('error', (error: Error) => {
    lastError = error;
  });
  session.on('goaway', () => {
    closing = true;
  });
  session.on('close', () => {
    closing = true;
    onGone(self);
  });
  session.setTimeout(idleTimeout, () => {
    if (streams === 0) session.close();
  });

  const self: OriginHttp2 = {
    facts,
    key,
    ready,
    get open() {
      return !closing && !session.closed && !session.destroyed && streams < limit;
    },
    get served() {
      return served;
    },
    // When a write to an origin that left fails, node's http2 over TLS tries the next one, which never ends, and
    // reads nothing meanwhile (seen in 24.21): nobody would ever hear of the end.
    checkAlive() {
      if (streams === 0 || peerOf(bottom) !== null) return;
      lastError ??= Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' });
      session.destroy(lastError);
      socket.destroy();
    },
    retire() {
      closing = true;
      if (!session.destroyed) session.close();
    },
    destroy: () => session.destroy(),
    send(request, answer) {
      streams++;
      served++;
      return sendStream(
        session,
        request,
        answer,
        () => {
          streams--;
        },
        () => lastError,
      );
    },
  };
  return self;
}

/** Whether it is an error of the connection under a session, which its streams show as errors of their own. */
function isConnectionLost(error: Error | null): boolean {
  return error !== null && 'code' in error && /^(?:ECONNRESET|EPIPE|ETIMEDOUT)$/.test(String(error.code));
}

/** Headers that HTTP/2 forbids (RFC 9113 §8.2.2), besides what is hop-by-hop already. */
export function isForbiddenInHttp2(lower: string): boolean {
  return (
    lower === 'connection' ||
    lower === 'transfer-encoding' ||
    lower === 'keep-alive' ||
    lower === 'proxy-connection' ||
    lower === 'upgrade' ||
    lower === 'host'
  );
}

function sendStream(
  session: http2.ClientHttp2Session,
  request: OutboundRequest,
  answer: Answer,
  onClosed: () => void,
  sessionError: () => Error | null,
): Control {
  const headers: string[] = [];
  const pseudo: Record<string, string> = {
    ':method': request.method,
    ':scheme': request.scheme,
    ':authority': request.authority,
    ':path': request.target,
  };
  // A caller may leave :authority out and say host instead.
  const order = new Set([...(request.pseudoOrder ?? []), ...Object.keys(pseudo)]);
  for (const name of order) if (pseudo[name] !== undefined) headers.push(name, pseudo[name]);
  for (let i = 0; i < request.fields.length; i += 2) {
    const name = request.fields[i]!.toLowerCase();
    if (!isForbiddenInHttp2(name)) headers.push(name, request.fields[i + 1]!);
  }
  let over = false;
  let answered = false;
  /** Bytes of the answer's body that are still to come; null when the origin did not say how many. */
  let missing: number | null = null;
  /** END_STREAM came: only then is the answer whole. */
  let whole = false;
  let informed = 0;
  let finished = request.body === null;
  let trailers: Fields = [];
  let requestTrailers: Fields = [];
  const fail = (failure: Failure): void => {
    if (over) return;
    over = true;
    answer.fail(failure);
  };

  const end = (): void => {
    over = true;
    answer.end(trailers);
    answer.settle();
  };

  let stream: http2.ClientHttp2Stream;
  try {
    stream = session.request(headers, { endStream: request.body === null, waitForTrailers: request.body !== null });
  } catch (error) {
    onClosed();
    queueMicrotask(() => fail(lossFailure(error, request.host, 'before the request could be sent')));
    return {
      write: () => true,
      flush() {},
      finish() {},
      pause() {},
      resume() {},
      halfClose() {},
      abort() {
        over = true;
      },
    };
  }

  // node ends a stream that was reset with NO_ERROR like one whose END_STREAM came, but by then calls it closed.
  const push = stream.push;
  stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk === null && !stream.closed) whole = true;
    return push.call(stream, chunk, encoding);
  };
  stream.on('headers', (_headers: http2.IncomingHttpHeaders, _flags: number, raw: string[]) => {
    // 100 (and any other 1xx) before the answer.
    const { status, fields } = splitPseudo(raw);
    if (++informed > 100) stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    else if (!over) answer.informed(status, fields, linesOf(fields));
  });
  // node emits 100 only as 'continue', without headers.
  stream.on('continue', () => {
    if (!over) answer.informed(100, [], '');
  });
  stream.on('response', (_headers: http2.IncomingHttpHeaders, flags: number, raw: string[]) => {
    if (over) return;
    answered = true;
    const { status, fields } = splitPseudo(raw);
    const ended = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    const length = lengthOf(fields);
    const bodiless = ended || request.method === 'HEAD' || status === 204 || status === 304;
    if (!bodiless) missing = length;
    answer.head({
      status,
      reason: '',
      protocol: 'h2',
      fields,
      headerLines: linesOf(fields),
      body: bodiless ? null : (length ?? 'stream'),
    });
    answer.settle();
  });
  stream.on('data', (chunk: Buffer) => {
    if (over) return;
    if (missing !== null) missing -= chunk.length;
    if (!answer.data(chunk)) stream.pause();
    answer.settle();
  });
  stream.on('trailers', (_trailers: http2.IncomingHttpHeaders, _flags: number, raw: string[]) => {
    trailers = raw;
  });
  stream.on('end', () => {
    // 'end' also comes for a stream that was reset half-way.
    if (over || !whole || !answered) return;
    // nghttp2 itself refuses an answer of another length than it said.
    if (missing !== null && missing !== 0) return;
    end();
  });
  stream.on('wantTrailers', () => {
    // An empty list still sends END_STREAM.
    stream.sendTrailers(headersOf(requestTrailers));
  });
  stream.on('drain', () => {
    if (!over) answer.drained();
  });
  let streamError: Error | null = null;
  stream.on('error', (error: Error) => {
    streamError = error;
  });
  stream.on('close', () => {
    onClosed();
    // Whole, but its connection went before a slow caller had taken all of it.
    if (!over && whole && answered) {
      const rest = stream.read() as Buffer | null;
      if (rest !== null) {
        if (missing !== null) missing -= rest.length;
        answer.data(rest);
      }
      if (missing === null || missing === 0) end();
    }
    if (over) {
      if (!finished) answer.stopSending();
      return;
    }
    const code = stream.rstCode;
    const when = answered ? 'in the middle of the answer' : 'before it answered';
    const lost = sessionError();
    const reset = code !== 0 && code !== http2.constants.NGHTTP2_CANCEL;
    if (reset && !isConnectionLost(lost)) {
      fail({ kind: 'reset', detail: `${request.host} reset the HTTP/2 stream ${when} (${codeName(code)}).` });
    } else if (code === 0 && !session.destroyed) {
      fail({ kind: 'closed-early', detail: `${request.host} ended the HTTP/2 stream ${when}, without an error.` });
    } else fail(lossFailure(lost ?? streamError, request.host, when));
  });

  return {
    write(chunk) {
      if (over || stream.destroyed || stream.writableEnded) return true;
      return stream.write(chunk);
    },
    flush() {},
    finish(fields) {
      finished = true;
      requestTrailers = fields;
      if (!stream.destroyed && !stream.writableEnded && request.body !== null) stream.end();
    },
    pause() {
      stream.pause();
    },
    resume() {
      stream.resume();
    },
    // A stream is half-closed by the end of its request already.
    halfClose() {},
    abort() {
      over = true;
      finished = true;
      if (!stream.destroyed) stream.close(http2.constants.NGHTTP2_CANCEL);
    },
  };
}

/** Fields as the object that node wants where it takes no raw list (trailers, 1xx): names in lower case, repeats as arrays. */
export function headersOf(fields: Fields): http2.OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!.toLowerCase();
    const before = headers[name];
    headers[name] =
      before === undefined ? fields[i + 1]! : [...(Array.isArray(before) ? before : [before]), fields[i + 1]!];
  }
  return headers;
}

/** The status and the ordinary fields of a raw HTTP/2 header list. */
export function splitPseudo(raw: readonly string[]): { status: number; fields: Fields } {
  let status = 0;
  const fields: Fields = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (name === ':status') status = Number(raw[i + 1]);
    else if (!name.startsWith(':')) fields.push(name, raw[i + 1]!);
  }
  return { status, fields };
}

function lengthOf(fields: Fields): number | null {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === 'content-length') {
      const length = Number(fields[i + 1]);
      return Number.isSafeInteger(length) && length >= 0 ? length : null;
    }
  }
  return null;
}

export function codeName(code: number): string {
  const entry = Object.entries(http2.constants).find(
    ([name, value]) => value === code && name.startsWith('NGHTTP2_') && ERROR_NAMES.has(name),
  );
  return entry === undefined ? `code ${code}` : entry[0].replace('NGHTTP2_', '');
}

const ERROR_NAMES = new Set(
  [
    'NO_ERROR',
    'PROTOCOL_ERROR',
    'INTERNAL_ERROR',
    'FLOW_CONTROL_ERROR',
    'SETTINGS_TIMEOUT',
    'STREAM_CLOSED',
    'FRAME_SIZE_ERROR',
    'REFUSED_STREAM',
    'CANCEL',
    'COMPRESSION_ERROR',
    'CONNECT_ERROR',
    'ENHANCE_YOUR_CALM',
    'INADEQUATE_SECURITY',
    'HTTP_1_1_REQUIRED',
  ].map((name) => `NGHTTP2_${name}`),
);
