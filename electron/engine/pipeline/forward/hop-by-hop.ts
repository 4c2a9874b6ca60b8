import type { Fields } from '../../../../shared/bytes/http1-head.ts';

/**
 * RFC 9110 §7.6.1: what belongs to one connection only and is not passed on, besides whatever the
 * Connection header names. Transfer-Encoding is kept when it frames an HTTP/1 body, by the writers.
 */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authentication-info',
  // Our agent's word to the proxy.
  'proxy-sallyport-key',
  'te',
  'upgrade',
  'http2-settings',
]);

/** Headers that a Connection header must not be able to remove: doing so would change the message's meaning. */
const PROTECTED = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'authorization',
  'cookie',
  'set-cookie',
  'content-type',
  'date',
  'cache-control',
]);

/** Name lengths of HOP_BY_HOP: most headers are settled by this alone. */
const LENGTHS = new Uint8Array(64);
for (const name of HOP_BY_HOP) LENGTHS[name.length] = 1;

/**
 * The end-to-end part of `fields`, same order and case. `connection` is the message's Connection
 * tokens, lower case. `TE: trailers` survives (§10.1.4: we do pass trailers on), with its Connection token.
 */
export function endToEndFields(fields: Fields, connection: readonly string[]): Fields {
  const named = connection.some((token) => token !== 'close' && token !== 'keep-alive' && token !== 'upgrade')
    ? connection
    : null;
  const kept: Fields = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    const value = fields[i + 1]!;
    if (LENGTHS[name.length] === 1 || named !== null) {
      const lower = name.toLowerCase();
      if (lower === 'te' && /^\s*trailers\s*$/i.test(value)) {
        kept.push(name, value, 'Connection', 'TE');
        continue;
      }
      if (HOP_BY_HOP.has(lower) || (named !== null && named.includes(lower) && !PROTECTED.has(lower))) continue;
    }
    kept.push(name, value);
  }
  return kept;
}
