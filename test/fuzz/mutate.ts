/** A small seeded generator (mulberry32), so that a failing case can be had again by its seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What parsers have been known to stumble over. */
const MORSELS = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '0\r\n\r\n',
  '\r\n\r\n',
  '\x0b',
  '\x85',
  '\xa0',
  '+',
  '-',
  '0x',
  '_',
  '"',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding:\tchunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'transfer-encoding: CHUNKED\r\n',
  'Content-Length: 0\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 99\r\n',
  'Host: other.test\r\n',
  'Connection: close\r\n',
  'Connection: transfer-encoding\r\n',
  'Connection: content-length\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: websocket\r\nConnection: Upgrade\r\n',
  'Upgrade: h2c\r\n',
  'TE: trailers\r\n',
  'Trailer: x\r\n',
  ' folded\r\n',
  '5\r\nhello\r\n',
  'fffffffff\r\n',
  '1;x="\r\n"\r\na\r\n',
  'HTTP/1.0',
  'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
];

/** One to four small changes anywhere: a morsel put in, a stretch taken out, doubled or moved, a byte turned. Latin-1 text. */
export function mutate(text: string, random: () => number): string {
  let now = text;
  for (let left = 1 + Math.floor(random() * 4); left > 0; left--) {
    const at = Math.floor(random() * (now.length + 1));
    const length = Math.floor(random() ** 3 * 30);
    const kind = random();
    if (kind < 0.45) now = now.slice(0, at) + (MORSELS[Math.floor(random() * MORSELS.length)] ?? '') + now.slice(at);
    else if (kind < 0.6) now = now.slice(0, at) + now.slice(at + length);
    else if (kind < 0.75) now = now.slice(0, at + length) + now.slice(at);
    else now = now.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + now.slice(at + 1);
  }
  return now;
}
