/** What a stream hands to its `_write` or `_writev`, as bytes. */
export function bytesOf(data: unknown, encoding: string): Buffer {
  if (typeof data === 'string') return Buffer.from(data, encoding as BufferEncoding);
  if (data instanceof Uint8Array) return asBuffer(data);
  const pieces = (data as { chunk: string | Uint8Array; encoding: string }[]).map((one) =>
    typeof one.chunk === 'string' ? Buffer.from(one.chunk, one.encoding as BufferEncoding) : one.chunk,
  );
  return pieces.length === 1 ? asBuffer(pieces[0]!) : Buffer.concat(pieces);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
