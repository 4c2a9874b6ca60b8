import fc from 'fast-check';

/**
 * The ways to cut bytes that find reader bugs: whole, byte by byte, and in two at every place.
 * Each way is a list of chunks, each with memory of its own so that nothing can peek past its end.
 */
export function* cuttings(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes.slice()];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
  for (let at = 1; at < bytes.length; at++) yield [bytes.slice(0, at), bytes.slice(at)];
}

/** Bytes together with one arbitrary way to cut them. */
export function cutAnywhere(
  bytes: fc.Arbitrary<Uint8Array>,
): fc.Arbitrary<{ bytes: Uint8Array; chunks: Uint8Array[] }> {
  return fc.tuple(bytes, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 })).map(([all, cuts]) => {
    const places = [0, ...cuts.map((cut) => Math.floor(cut * all.length)).sort((a, b) => a - b), all.length];
    return { bytes: all, chunks: places.slice(1).map((end, i) => all.slice(places[i], end)) };
  });
}

/** Latin-1 text to bytes, for fixtures. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
