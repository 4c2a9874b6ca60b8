import type { Attempt, Protocol, TlsFacts } from '../../../shared/model/call.ts';
import type { Failure, FailureKind } from '../../../shared/model/failure.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** The binary form of attempts and failures: in slabs between threads and in stored details. */

/** Appends an attempt; the caller made sure of the room. */
export function writeAttempt(out: ByteWriter, attempt: Attempt): void {
  out.number(Math.round(attempt.startedAt));
  out.byte(attempt.reused ? 1 : 0);
  out.text(attempt.remoteAddress);
  out.maybe(attempt.remotePort);
  out.text(attempt.protocol);
  out.maybe(attempt.dnsUs);
  out.maybe(attempt.connectUs);
  out.maybe(attempt.tlsUs);
  out.text(attempt.via);
  writeFailure(out, attempt.failure);
  const { tls } = attempt;
  if (tls === null) {
    out.byte(0);
    return;
  }
  out.byte(1);
  out.text(tls.version);
  out.text(tls.cipher);
  out.text(tls.alpn);
  out.text(tls.serverName);
  writeTexts(out, tls.chain);
  out.text(tls.verdict);
}

/** A failure or null; the kind by its name, because stored details outlive this build. */
export function writeFailure(out: ByteWriter, failure: Failure | null): void {
  if (failure === null) {
    out.text(null);
    return;
  }
  out.text(failure.kind);
  out.text(failure.detail);
}

export function writeTexts(out: ByteWriter, list: readonly string[]): void {
  out.number(list.length);
  for (const text of list) out.text(text);
}

export function readAttempt(from: ByteReader): Attempt {
  const startedAt = from.number();
  const reused = from.byte() === 1;
  const remoteAddress = from.text();
  const remotePort = from.maybe();
  const protocol = from.text() as Protocol | null;
  const dnsUs = from.maybe();
  const connectUs = from.maybe();
  const tlsUs = from.maybe();
  const via = from.text();
  const failure = readFailure(from);
  const tls: TlsFacts | null =
    from.byte() === 0
      ? null
      : {
          version: from.text() ?? '',
          cipher: from.text() ?? '',
          alpn: from.text(),
          serverName: from.text(),
          chain: readTexts(from),
          verdict: from.text() ?? '',
        };
  return { startedAt, reused, remoteAddress, remotePort, protocol, dnsUs, connectUs, tlsUs, tls, via, failure };
}

export function readFailure(from: ByteReader): Failure | null {
  const kind = from.text();
  return kind === null ? null : { kind: kind as FailureKind, detail: from.text() ?? '' };
}

export function readTexts(from: ByteReader): string[] {
  return Array.from({ length: Math.min(from.number(), 1000) }, () => from.text() ?? '');
}
