import type { CallRecord } from '../../../shared/events/fold.ts';
import { headerValue } from '../../../shared/events/header-lines.ts';
import type { Usage } from '../../../shared/model/usage.ts';
import type { ExchangeHead } from '../../../shared/vendors/exchange.ts';
import type { UsageReader, UsageReading } from '../../../shared/vendors/usage-reader.ts';
import type { ContentStream } from './content-stream.ts';
import { openContent } from './content-stream.ts';

/** Reads what one call used, while its facts come in. */
export interface CallMeter {
  request(data: Uint8Array, plain: boolean): void;
  answered(): void;
  response(data: Uint8Array, plain: boolean): void;
  message(direction: 'sent' | 'received', text: string): void;
  /** A message or a part of a body could not be read. */
  miss(): void;
  /** When the call is closed; may be asked again. */
  end(countTokens: (text: string) => number): Usage | null;
  close(): void;
}

/** What readers are chosen by, as far as the record knows it. */
export function headOf(record: CallRecord, recognised: ExchangeHead['recognised']): ExchangeHead {
  return {
    recognised,
    method: record.method,
    host: record.host,
    path: record.path,
    query: plainQuery(record),
    requestLines: record.requestLines,
    status: record.status,
    responseLines: record.responseLines,
    startedAt: record.startedAt,
  };
}

/** Records have the question mark. */
function plainQuery({ query }: Pick<CallRecord, 'query'>): string {
  return query.startsWith('?') ? query.slice(1) : query;
}

export function startMeter(reader: UsageReader, record: CallRecord, head: ExchangeHead): CallMeter {
  const reading: UsageReading = reader.start(head);
  let missed = false;
  let seen = 0;
  let asked = 0;
  const toRequest = (piece: string): void => reading.request(piece);
  const toResponse = (piece: string): void => reading.response(piece);
  // Undefined: its coding was not looked at yet.
  let sent: ContentStream | null | undefined;
  let received: ContentStream | null | undefined;

  return {
    request(data, plain) {
      asked += plain ? Infinity : data.byteLength;
      sent ??= plain ? null : openContent(headerValue(record.requestLines, 'content-encoding'));
      if (sent === null) toRequest(latin1(data));
      else if (!sent.push(data, toRequest)) missed = true;
    },
    answered() {
      reading.answered(headOf(record, head.recognised));
    },
    response(data, plain) {
      seen += plain ? Infinity : data.byteLength;
      received ??= plain ? null : openContent(headerValue(record.responseLines, 'content-encoding'));
      if (received === null) toResponse(latin1(data));
      else if (!received.push(data, toResponse)) missed = true;
    },
    message: (direction, text) => reading.message(direction, text),
    miss() {
      missed = true;
    },
    end(countTokens) {
      const cut = record.failure !== null || (record.kind === 'http' && record.status === null);
      return reading.end({
        cut,
        // What is beyond the limit of bodies is not told by everybody: imports, older agents.
        missed:
          missed ||
          record.response.shed ||
          (record.kind === 'http' && (seen < record.response.wireBytes || asked < record.request.wireBytes)),
        requestBytes: record.request.wireBytes,
        responseBytes: record.response.wireBytes,
        countTokens,
      });
    },
    close() {
      sent?.close();
      received?.close();
    },
  };
}

function latin1(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).latin1Slice(0, data.byteLength);
}
