import type { Attempt, Protocol, TlsFacts } from '../../../shared/model/call.ts';
import type { Failure, FailureKind } from '../../../shared/model/failure.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

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
  if (attempt.tls === null) out.byte(0);
  else out.data(packTls(attempt.tls));
}

/** TLS facts are the same for all calls of a connection: packed once per object, read once per content. */
const packed = new WeakMap<TlsFacts, Buffer>();
const unpacked = new Map<string, TlsFacts>();

export function packTls(tls: TlsFacts): Buffer {
  let bytes = packed.get(tls);
  if (!bytes) {
    const out = new ByteWriter(Buffer.alloc(256));
    for (const text of [tls.version, tls.cipher, tls.alpn, tls.serverName, tls.verdict, ...tls.chain]) {
      out.reserve(9 + 3 * (text?.length ?? 0));
      out.text(text);
    }
    packed.set(tls, (bytes = Buffer.from(out.bytes.subarray(0, out.at))));
  }
  return bytes;
}

function unpackTls(bytes: Buffer): TlsFacts {
  const key = bytes.latin1Slice(0, bytes.length);
  let tls = unpacked.get(key);
  if (!tls) {
    const from = new ByteReader(Buffer.from(bytes));
    tls = {
      version: from.text() ?? '',
      cipher: from.text() ?? '',
      alpn: from.text(),
      serverName: from.text(),
      verdict: from.text() ?? '',
      chain: [],
    };
    while (from.at < from.end) tls.chain.push(from.text() ?? '');
    if (unpacked.size > 2000) unpacked.clear();
    unpacked.set(key, tls);
    packed.set(tls, Buffer.from(bytes));
  }
  return tls;
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
  const tls = from.skipZero() ? null : unpackTls(from.data());
  return { startedAt, reused, remoteAddress, remotePort, protocol, dnsUs, connectUs, tlsUs, tls, via, failure };
}

export function readFailure(from: ByteReader): Failure | null {
  const kind = from.text();
  return kind === null ? null : { kind: kind as FailureKind, detail: from.text() ?? '' };
}

export function readTexts(from: ByteReader): string[] {
  return Array.from({ length: Math.min(from.number(), 1000) }, () => from.text() ?? '');
}
