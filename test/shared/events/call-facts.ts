import fc from 'fast-check';
import type { CallEvent, Identified } from '../../../shared/events/call-event.ts';
import { CALL_KINDS, PROTOCOLS, SOURCES } from '../../../shared/model/call.ts';
import { PROCESS_UNKNOWN } from '../../../shared/model/caller.ts';
import { FAILURE_KINDS } from '../../../shared/model/failure.ts';

/** Arbitrary facts, legal one by one; what order they come in is the test's business. */

const at = fc.integer({ min: 0, max: 5_000_000_000 });
const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});
const words = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => text.isWellFormed());
const bytes = fc.uint8Array({ maxLength: 300 });
const headers = fc
  .array(fc.tuple(fc.constantFrom('Accept', 'X-Id', 'content-type', 'Set-Cookie'), latin1), { maxLength: 5 })
  .map((pairs) => pairs.map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, ' ')}\r\n`).join(''));
const failure = fc.option(fc.record({ kind: fc.constantFrom(...FAILURE_KINDS), detail: words }));
const protocol = fc.constantFrom(...PROTOCOLS);
const maybeAt = fc.option(at);
const tls = fc.option(
  fc.record({
    version: fc.constantFrom('TLSv1.2', 'TLSv1.3'),
    cipher: latin1,
    alpn: fc.option(fc.constantFrom('h2', 'http/1.1')),
    serverName: fc.option(latin1),
    chain: fc.array(fc.constantFrom('aa11', 'bb22'), { maxLength: 3 }),
    verdict: fc.constantFrom('trusted', 'CERT_HAS_EXPIRED'),
  }),
);

const processKeys = fc.constantFrom('7@0', '4211@1795000000000000');
const tags = fc.dictionary(
  fc.constantFrom('run', 'feature', 'é'),
  // Cutting may halve a pair.
  words.map((text) => text.slice(0, 20).toWellFormed()),
  { minKeys: 1, noNullPrototype: true },
);
const hex = (chars: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: chars, maxLength: chars });

/** Who made a call, as somebody may say it at any moment. */
export function anyIdentified(call: number): fc.Arbitrary<Identified> {
  return fc.record({
    type: fc.constant('identified' as const),
    call: fc.constant(call),
    by: fc.constantFrom('socket' as const, 'agent' as const),
    app: fc.option(words),
    process: fc.option(processKeys),
    unknown: fc.option(fc.constantFrom(...PROCESS_UNKNOWN)),
    site: fc.option(
      fc.record({
        package: fc.option(words),
        callsite: fc.option(words),
        frames: fc.array(
          fc.record({
            function: fc.option(words),
            file: words,
            line: fc.nat(100_000),
            column: fc.nat(500),
            package: fc.option(words),
            version: fc.option(words),
          }),
          { maxLength: 10 },
        ),
      }),
    ),
    trace: fc.option(fc.record({ traceId: hex(32), spanId: fc.option(hex(16)) })),
    tags: fc.option(tags),
  });
}

export function anyEvent(call: number): fc.Arbitrary<CallEvent> {
  const id = fc.constant(call);
  const type = <T extends CallEvent['type']>(name: T) => fc.constant(name);
  return fc.oneof(
    fc.record({
      type: type('opened'),
      call: id,
      startedAt: fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
      kind: fc.constantFrom(...CALL_KINDS),
      source: fc.constantFrom(...SOURCES),
      app: fc.option(words),
      clientAddress: fc.option(latin1),
      method: latin1,
      scheme: fc.constantFrom('http', 'https', 'tcp', 'tls'),
      host: words,
      port: fc.integer({ min: 0, max: 65535 }),
      target: latin1,
      protocol,
      headers,
      process: fc.option(processKeys),
      tags: fc.option(tags),
    }),
    anyIdentified(call),
    fc.record({
      type: type('attempted'),
      call: id,
      startedAt: at,
      reused: fc.boolean(),
      remoteAddress: fc.option(latin1),
      remotePort: fc.option(fc.integer({ min: 0, max: 65535 })),
      protocol: fc.option(protocol),
      dnsUs: maybeAt,
      connectUs: maybeAt,
      tlsUs: maybeAt,
      tls,
      via: fc.option(latin1),
      failure,
    }),
    fc.record({ type: type('request-data'), call: id, at, data: bytes }),
    fc.record({ type: type('request-data'), call: id, at, data: bytes, beyond: fc.constant(true as const) }),
    fc.record({ type: type('request-ended'), call: id, at, bytes: fc.nat(1000), trailers: headers }),
    fc.record({ type: type('informed'), call: id, at, status: fc.integer({ min: 100, max: 199 }), headers }),
    fc.record({
      type: type('answered'),
      call: id,
      at,
      status: fc.integer({ min: 200, max: 599 }),
      reason: latin1,
      protocol,
      headers,
    }),
    fc.record({ type: type('response-data'), call: id, at, data: bytes }),
    fc.record({ type: type('response-data'), call: id, at, data: bytes, beyond: fc.constant(true as const) }),
    fc.record({ type: type('upgraded'), call: id, at }),
    fc.record({
      type: type('message'),
      call: id,
      at,
      direction: fc.constantFrom('sent', 'received'),
      opcode: fc.constantFrom(1, 2, 8, 9, 10),
      size: fc.nat(1_000_000),
      deflated: fc.boolean(),
      data: bytes,
    }),
    fc.record({
      type: type('tunnelled'),
      call: id,
      reason: fc.constantFrom('pass-through', 'not-http', 'client-rejected-ca', 'tls-failed', 'server-first', 'idle'),
      serverName: fc.option(latin1),
      alpn: fc.array(fc.constantFrom('h2', 'http/1.1'), { maxLength: 2 }),
      advice: words,
    }),
    fc.record({ type: type('decided'), call: id, policy: words, verdict: words, sentence: words }),
    fc.record({ type: type('body-shed'), call: id }),
    fc.record({
      type: type('closed'),
      call: id,
      at,
      failure,
      requestBytes: fc.nat(5000),
      responseBytes: fc.nat(5000),
      trailers: headers,
    }),
  ) as fc.Arbitrary<CallEvent>;
}

/** Any facts of one call: in any order, some lost, some doubled. */
export const anyFacts = fc.array(anyEvent(7), { maxLength: 25 });
