import { UNRECORDED } from '../../../../shared/events/call-event.ts';
import type { Emit } from '../../../../shared/events/call-event.ts';
import type { Fields } from '../../../../shared/bytes/http1-head.ts';
import type { Attempt } from '../../../../shared/model/call.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type {
  Answer,
  AnswerHead,
  Control,
  Dispatch,
  LastWord,
  OutboundRequest,
  OwnAnswer,
  Stage,
} from '../dispatch.ts';
import type { Duplex } from 'node:stream';
import { monotonicMicroseconds } from '../clock.ts';

/** Body facts carry at most this much, so that one fact always fits a slab. */
const PIECE = 64 * 1024;

/** What is told of bodies. */
export interface RecordLimits {
  /** Bytes kept each way. */
  readonly bodyLimit: number;
  /** Whether somebody reads all bytes of such a call, kept or not. Asked of the few calls that are longer than the limit. */
  readsAll(method: string, target: string): boolean;
}

/**
 * Outermost stage: turns the moments of a call into facts. It changes nothing, holds nothing back
 * and never fails a call; what is over `limits.bodyLimit` (bytes each way) is counted, not kept, and told only where
 * somebody reads it.
 */
export function recordStage(emit: Emit, limits: RecordLimits): Stage {
  return (next: Dispatch): Dispatch =>
    (request, answer) => {
      if (request.call === UNRECORDED) return next(request, answer);
      const record = new CallRecording(emit, limits, request, answer);
      record.control = next(request, record);
      return record;
    };
}

/** Writes header fields back into lines, for facts of protocols that have none (h2). */
export function linesOf(fields: Fields): string {
  let lines = '';
  for (let i = 0; i < fields.length; i += 2) lines += `${fields[i]!}: ${fields[i + 1]!}\r\n`;
  return lines;
}

// A class, since it is both Answer and Control of one call and this is the hottest object we make.
class CallRecording implements Answer, Control {
  control!: Control;
  readonly #emit: Emit;
  readonly #limit: number;
  readonly #limits: RecordLimits;
  readonly #method: string;
  readonly #target: string;
  /** Null: not asked yet. */
  #readsAll: boolean | null = null;
  readonly #call: number;
  readonly #origin: number;
  readonly #answer: Answer;
  #requestBytes = 0;
  #responseBytes = 0;
  #requestEnded = false;
  #closed = false;

  constructor(emit: Emit, limits: RecordLimits, request: OutboundRequest, answer: Answer) {
    this.#emit = emit;
    this.#limit = limits.bodyLimit;
    this.#limits = limits;
    this.#method = request.method;
    this.#target = request.target;
    this.#call = request.call;
    this.#origin = request.origin;
    this.#answer = answer;
    emit({
      type: 'opened',
      call: request.call,
      startedAt: request.startedAt,
      kind: 'http',
      source: request.source,
      app: request.app,
      clientAddress: request.clientAddress,
      method: request.method,
      scheme: request.scheme,
      host: request.host,
      port: request.port,
      target: request.target,
      protocol: request.protocol,
      headers: request.headerLines,
      process: request.process,
      tags: request.tags,
    });
    if (request.body === null) this.#requestEnded = true;
  }

  #now(): number {
    return monotonicMicroseconds() - this.#origin;
  }

  // Answer

  attempted(attempt: Attempt): void {
    // Field by field: a spread of nine fields costs more than the rest of this method.
    this.#emit({
      type: 'attempted',
      call: this.#call,
      startedAt: attempt.startedAt,
      reused: attempt.reused,
      remoteAddress: attempt.remoteAddress,
      remotePort: attempt.remotePort,
      protocol: attempt.protocol,
      dnsUs: attempt.dnsUs,
      connectUs: attempt.connectUs,
      tlsUs: attempt.tlsUs,
      tls: attempt.tls,
      via: attempt.via,
      failure: attempt.failure,
    });
    this.#answer.attempted(attempt);
  }

  informed(status: number, fields: Fields, headerLines: string): void {
    this.#emit({ type: 'informed', call: this.#call, at: this.#now(), status, headers: headerLines });
    this.#answer.informed(status, fields, headerLines);
  }

  head(head: AnswerHead): void {
    this.#emit({
      type: 'answered',
      call: this.#call,
      at: this.#now(),
      status: head.status,
      reason: head.reason,
      protocol: head.protocol,
      headers: head.headerLines,
    });
    this.#answer.head(head);
  }

  data(chunk: Buffer): boolean {
    const before = this.#responseBytes;
    this.#responseBytes = before + chunk.length;
    if (before < this.#limit) this.#keep('response-data', chunk, this.#limit - before);
    if (this.#responseBytes > this.#limit) this.#readOn('response-data', chunk, Math.max(0, this.#limit - before));
    return this.#answer.data(chunk);
  }

  settle(): void {
    this.#answer.settle();
  }

  end(trailers: Fields): void {
    this.#answer.end(trailers);
    this.#close(null, trailers.length === 0 ? '' : linesOf(trailers));
  }

  upgraded(head: AnswerHead, socket: Duplex, first: Buffer): void {
    // From here on the relay records the messages and closes the call.
    this.#emit({
      type: 'answered',
      call: this.#call,
      at: this.#now(),
      status: head.status,
      reason: head.reason,
      protocol: head.protocol,
      headers: head.headerLines,
    });
    this.#closed = true;
    this.#answer.upgraded(head, socket, first);
  }

  fail(failure: Failure, own?: LastWord): void {
    // A row says what its caller got, whoever said it.
    if (own !== undefined && own !== 'reset') this.#answerOurselves(own);
    this.#answer.fail(failure, own);
    this.#close(failure, '');
  }

  drained(): void {
    this.#answer.drained();
  }

  stopSending(): void {
    this.#answer.stopSending();
  }

  // Control

  write(chunk: Buffer): boolean {
    const before = this.#requestBytes;
    this.#requestBytes = before + chunk.length;
    if (before < this.#limit) this.#keep('request-data', chunk, this.#limit - before);
    if (this.#requestBytes > this.#limit) this.#readOn('request-data', chunk, Math.max(0, this.#limit - before));
    return this.control.write(chunk);
  }

  flush(): void {
    this.control.flush();
  }

  finish(trailers: Fields): void {
    if (!this.#requestEnded) {
      this.#requestEnded = true;
      this.#emit({
        type: 'request-ended',
        call: this.#call,
        at: this.#now(),
        bytes: this.#requestBytes,
        trailers: trailers.length === 0 ? '' : linesOf(trailers),
      });
    }
    this.control.finish(trailers);
  }

  pause(): void {
    this.control.pause();
  }

  resume(): void {
    this.control.resume();
  }

  halfClose(): void {
    this.control.halfClose();
  }

  abort(failure: Failure): void {
    this.control.abort(failure);
    this.#close(failure, '');
  }

  #answerOurselves({ status, reason, fields, body }: OwnAnswer): void {
    this.#emit({
      type: 'answered',
      call: this.#call,
      at: this.#now(),
      status,
      reason,
      protocol: 'http/1.1',
      headers: linesOf(fields),
    });
    this.#responseBytes = body.length;
    this.#keep('response-data', body, this.#limit);
  }

  #keep(type: 'request-data' | 'response-data', chunk: Buffer, room: number): void {
    const at = this.#now();
    const kept = Math.min(chunk.length, room);
    for (let from = 0; from < kept; from += PIECE) {
      const data =
        from === 0 && kept <= PIECE && kept === chunk.length
          ? chunk
          : chunk.subarray(from, Math.min(kept, from + PIECE));
      this.#emit({ type, call: this.#call, at, data });
    }
  }

  /** What is not kept, for those who read on. */
  #readOn(type: 'request-data' | 'response-data', chunk: Buffer, start: number): void {
    this.#readsAll ??= this.#limits.readsAll(this.#method, this.#target);
    if (!this.#readsAll) return;
    const at = this.#now();
    for (let from = start; from < chunk.length; from += PIECE)
      this.#emit({ type, call: this.#call, at, data: chunk.subarray(from, from + PIECE), beyond: true });
  }

  #close(failure: Failure | null, trailers: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#emit({
      type: 'closed',
      call: this.#call,
      at: this.#now(),
      failure,
      requestBytes: this.#requestBytes,
      responseBytes: this.#responseBytes,
      trailers,
    });
  }
}
