import type { Sending } from '../../../shared/contract/replay-schemas.ts';
import { UNRECORDED, type Emit } from '../../../shared/events/call-event.ts';
import { parseHeaderLines } from '../../../shared/events/header-lines.ts';
import type { Tags } from '../../../shared/model/caller.ts';
import type { Failure } from '../../../shared/model/failure.ts';
import { monotonicMicroseconds, wallMicroseconds } from '../pipeline/clock.ts';
import type { Answer, AnswerHead, Control, Dispatch, OutboundRequest, OwnAnswer } from '../pipeline/dispatch.ts';
import type { BuiltBody } from './build-body.ts';
import { converse, newKey, type OwnMessage } from './conversation.ts';
import { CREDENTIAL_FIELDS, readPlace, type ReadyRequest } from './to-request.ts';

/** So many bytes of an answer wait for who reads them; then the origin has to. */
const MOST_WAITING = 256 * 1024;

export interface SendOptions {
  dispatch: Dispatch;
  nextCallId: () => number;
  request: ReadyRequest;
  body: BuiltBody | null;
  /** The body goes in chunks, though its length is known. */
  chunked: boolean;
  /** Of a WebSocket: the body is its one message, of this kind. */
  opcode: 1 | 2;
  /** Takes the facts of a conversation; those of a request the pipeline tells. */
  emit: Emit;
  app: string | null;
  tags: Tags;
  /** Milliseconds for everything; 0: no limit. */
  timeoutMs: number;
  redirects: number;
  /** As header lines are kept. */
  redactHeaders: (lines: string) => string;
  redactTarget: (target: string) => string;
  /** What was put back into a message is not told. */
  redactMessage: (text: string) => string;
  signal: AbortSignal;
}

/**
 * Sends a request as a call of its own and tells what happens; with redirects followed, as several. Ends with `end` or
 * `failed`, never throws. Whoever stops listening gives the call up.
 */
export async function* send(options: SendOptions): AsyncGenerator<Sending> {
  const caller = {};
  const deadline = options.timeoutMs === 0 ? null : AbortSignal.timeout(options.timeoutMs);
  let { request, body } = options;
  for (let left = options.redirects; ; left -= 1) {
    const exchange = startExchange({ ...options, request, body }, caller, deadline);
    let next: { request: ReadyRequest; dropsBody: boolean } | null = null;
    try {
      for await (const moment of exchange.moments()) {
        if (moment.moment === 'head' && left > 0) next = redirectOf(request, exchange.head());
        if (next !== null && (moment.moment === 'data' || moment.moment === 'end')) continue;
        if (moment.moment === 'failed') next = null;
        yield moment;
      }
    } finally {
      exchange.giveUp();
    }
    if (next === null) return;
    request = next.request;
    if (next.dropsBody) body = null;
  }
}

/** One call: what came and was not read yet waits in a queue that has an end. */
function startExchange(
  options: SendOptions,
  caller: object,
  deadline: AbortSignal | null,
): { moments(): AsyncGenerator<Sending>; head(): AnswerHead | null; giveUp(): void } {
  const { request, body, chunked, signal } = options;
  const waiting: Sending[] = [];
  let waitingBytes = 0;
  let wake: (() => void) | null = null;
  let drained: (() => void) | null = null;
  let paused = false;
  let over = false;
  let gone = false;
  let received = 0;
  let answered: AnswerHead | null = null;
  const { key, accept } = newKey();
  let talk: ReturnType<typeof converse> | null = null;
  let own: OwnMessage[] = [];
  const outbound = outboundOf(options, caller);
  const after = (): number => monotonicMicroseconds() - outbound.origin;

  const tell = (moment: Sending): void => {
    waiting.push(moment);
    wake?.();
  };
  const finish = (moment: Sending): void => {
    if (over) return;
    over = true;
    drained?.();
    tell(moment);
  };

  const answer: Answer = {
    attempted() {},
    informed() {},
    head(head) {
      answered = head;
      tell({
        moment: 'head',
        status: head.status,
        reason: head.reason,
        protocol: head.protocol,
        headers: parseHeaderLines(options.redactHeaders(head.headerLines)).map(([name, value]) => [name, value]),
        afterUs: after(),
      });
    },
    data(chunk) {
      received += chunk.length;
      waitingBytes += chunk.length;
      tell({ moment: 'data', base64: chunk.toString('base64'), afterUs: after() });
      paused = waitingBytes > MOST_WAITING;
      return !paused;
    },
    settle() {},
    end() {
      finish({ moment: 'end', bytes: received, afterUs: after() });
    },
    upgraded(head, socket, first) {
      const field = (name: string): string | null => valueOf(head.headerLines, name);
      if (!request.socket || field('sec-websocket-accept') !== accept || over) {
        socket.destroy();
        const detail = request.socket
          ? 'The origin’s answer is none to this request for a WebSocket (Sec-WebSocket-Accept).'
          : 'The origin switched to another protocol, which was not asked for.';
        const failure: Failure = { kind: 'malformed-answer', detail };
        if (outbound.call !== UNRECORDED)
          options.emit({
            type: 'closed',
            call: outbound.call,
            at: after(),
            failure,
            requestBytes: 0,
            responseBytes: 0,
            trailers: '',
          });
        finish({ moment: 'failed', says: detail, kind: failure.kind, afterUs: after() });
        return;
      }
      answer.head(head);
      talk = converse({
        call: outbound.call,
        socket,
        first,
        says: own,
        after,
        emit: options.emit,
        tell(message) {
          const shown =
            message.direction === 'received' ? message : { ...message, data: cleanOf(message, options.redactMessage) };
          waitingBytes += bytesOf(shown);
          tell({ moment: 'message', ...shown, afterUs: after() });
          paused = waitingBytes > MOST_WAITING;
          if (paused) socket.pause();
        },
        ended(failure, bytes) {
          finish(
            failure === null
              ? { moment: 'end', bytes, afterUs: after() }
              : { moment: 'failed', says: failure.detail, kind: failure.kind, afterUs: after() },
          );
        },
      });
    },
    fail(failure, own) {
      if (own !== undefined && own !== 'reset' && answered === null) tellOwn(own);
      finish({ moment: 'failed', says: failure.detail, kind: failure.kind, afterUs: after() });
    },
    drained() {
      drained?.();
    },
    stopSending() {
      gone = true;
      drained?.();
    },
  };
  /** What a policy answered in place of the origin. */
  function tellOwn({ status, reason, fields, body: bytes }: OwnAnswer): void {
    const headers: [string, string][] = [];
    for (let i = 0; i < fields.length; i += 2) headers.push([fields[i]!, fields[i + 1]!]);
    tell({ moment: 'head', status, reason, protocol: 'http/1.1', headers, afterUs: after() });
    if (bytes.length > 0) tell({ moment: 'data', base64: bytes.toString('base64'), afterUs: after() });
  }

  tell({
    moment: 'sent',
    call: outbound.call,
    method: request.method,
    url: `${request.scheme}://${request.authority}${options.redactTarget(request.target)}`,
  });
  let control: Control | null = null;
  const stop = (failure: Failure): void => {
    if (over) return;
    if (talk !== null) talk.leave(failure);
    else control?.abort(failure);
    finish({ moment: 'failed', says: failure.detail, kind: failure.kind, afterUs: after() });
  };
  const onAbort = (): void => stop({ kind: 'client-left', detail: 'The replay was given up.' });
  const onTime = (): void =>
    stop({
      kind: answered === null ? 'timeout-head' : 'timeout-body',
      detail: `The answer was not complete within ${options.timeoutMs / 1000} s.`,
    });
  signal.addEventListener('abort', onAbort, { once: true });
  deadline?.addEventListener('abort', onTime, { once: true });
  const begin = (): void => {
    control = options.dispatch(outbound, answer);
    if (!request.socket) void sendBody(control);
    else {
      control.flush();
      control.finish([]);
    }
  };
  if (request.socket && body !== null)
    void readAll(body).then(
      (data) => {
        own = [{ opcode: options.opcode, data }];
        if (!over) begin();
      },
      (error: unknown) => stop({ kind: 'client-left', detail: String(error) }),
    );
  else if (!signal.aborted) begin();
  if (signal.aborted) onAbort();
  else if (deadline?.aborted === true) onTime();

  async function sendBody(held: Control): Promise<void> {
    if (body === null) {
      held.flush();
      held.finish([]);
      return;
    }
    try {
      for await (const chunk of body.read()) {
        if (over || gone) return;
        const flowing = held.write(chunk);
        held.flush();
        if (!flowing && !over && !gone) await new Promise<void>((resolve) => (drained = resolve));
        drained = null;
      }
      if (over || gone) return;
      held.finish([]);
      held.flush();
    } catch (error) {
      stop({ kind: 'client-left', detail: error instanceof Error ? error.message : String(error) });
    }
  }

  return {
    head: () => answered,
    async *moments() {
      for (;;) {
        const moment = waiting.shift();
        if (moment === undefined) {
          await new Promise<void>((resolve) => (wake = resolve));
          wake = null;
          continue;
        }
        if (moment.moment === 'data' || moment.moment === 'message') {
          waitingBytes -= moment.moment === 'data' ? Math.floor((moment.base64.length * 3) / 4) : bytesOf(moment);
          if (paused && waitingBytes < MOST_WAITING / 2) {
            paused = false;
            if (talk === null) control?.resume();
            else talk.resume();
          }
        }
        yield moment;
        if (moment.moment === 'end' || moment.moment === 'failed') return;
      }
    },
    giveUp() {
      onAbort();
      signal.removeEventListener('abort', onAbort);
      deadline?.removeEventListener('abort', onTime);
    },
  };

  function outboundOf({ nextCallId, app, tags }: SendOptions, own: object): OutboundRequest {
    const { protocol, socket } = request;
    const fields = socket
      ? [...request.fields, 'Sec-WebSocket-Version', '13', 'Sec-WebSocket-Key', key]
      : request.fields;
    let headerLines = protocol === 'h2' ? `host: ${request.authority}\r\n` : '';
    for (let i = 0; i < fields.length; i += 2) headerLines += `${fields[i]!}: ${fields[i + 1]!}\r\n`;
    if (socket) headerLines += 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    return {
      call: nextCallId(),
      source: 'replay',
      app,
      clientAddress: null,
      process: null,
      tags,
      startedAt: wallMicroseconds(),
      origin: monotonicMicroseconds(),
      method: request.method,
      scheme: request.scheme,
      host: request.host,
      port: request.port,
      target: request.target,
      protocol,
      headerLines,
      fields,
      authority: request.authority,
      body: body === null || socket ? null : chunked ? 'stream' : body.length,
      upgrade: socket ? 'websocket' : null,
      expectsContinue: false,
      caller: own,
      pseudoOrder: null,
      who: null,
      ...(request.way !== null && { way: request.way }),
    };
  }
}

async function readAll(body: BuiltBody): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

function bytesOf({ type, data }: { type: string; data: string }): number {
  return Buffer.byteLength(data, type === 'binary' ? 'base64' : 'utf8');
}

function cleanOf({ type, data }: { type: string; data: string }, redact: (text: string) => string): string {
  const coding = type === 'binary' ? 'base64' : 'utf8';
  return Buffer.from(redact(Buffer.from(data, coding).toString('latin1')), 'latin1').toString(coding);
}

function valueOf(lines: string, name: string): string | null {
  return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*\\r?$`, 'im').exec(lines)?.[1] ?? null;
}

/** The request that a redirect asks for (RFC 9110 §15.4); null when it is none that can be followed. */
function redirectOf(
  request: ReadyRequest,
  head: AnswerHead | null,
): { request: ReadyRequest; dropsBody: boolean } | null {
  if (head === null || ![301, 302, 303, 307, 308].includes(head.status)) return null;
  const at = head.fields.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === 'location');
  const location = at < 0 ? undefined : head.fields[at + 1];
  if (location === undefined) return null;
  let url: URL;
  try {
    url = new URL(location, `${request.scheme}://${request.authority}${request.target}`);
  } catch {
    return null;
  }
  const place = readPlace(url.href.replace(/#.*$/, ''));
  if ('says' in place) return null;
  const { method } = request;
  const asks = (head.status === 303 && method !== 'HEAD') || (head.status <= 302 && method === 'POST');
  const elsewhere = place.host !== request.host || place.port !== request.port || place.scheme !== request.scheme;
  const fields: string[] = [];
  for (let i = 0; i < request.fields.length; i += 2) {
    const lower = request.fields[i]!.toLowerCase();
    if (lower === 'host') {
      fields.push(request.fields[i]!, place.authority);
      continue;
    }
    if (asks && (lower.startsWith('content-') || lower === 'transfer-encoding')) continue;
    // Who asks here is nobody's business there.
    if (elsewhere && (CREDENTIAL_FIELDS.has(lower) || request.secret.includes(lower))) continue;
    fields.push(request.fields[i]!, request.fields[i + 1]!);
  }
  return {
    dropsBody: asks,
    request: {
      ...request,
      ...place,
      method: asks ? 'GET' : method,
      fields,
      way: elsewhere ? null : request.way,
    },
  };
}
