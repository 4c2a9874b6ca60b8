/**
 * The strictest reading of HTTP/1 there is, apart from the proxy's own: what it forwards must be
 * readable by this, or two origins could understand it differently.
 */
export interface StrictReading {
  /** Start lines of the whole messages. */
  whole: string[];
  /** Bytes after the last whole message are the beginning of another. */
  partial: boolean;
  /** What is not HTTP at all. */
  fault: string | null;
}

export function readStrictly(text: string): StrictReading {
  const reading: StrictReading = { whole: [], partial: false, fault: null };
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\r\n\r\n', at);
    const head = end < 0 ? text.slice(at) : text.slice(at, end);
    const lines = head.split('\r\n');
    const whole = end < 0 ? lines.slice(0, -1) : lines;
    for (const [i, line] of whole.entries()) {
      if (/[\r\n\0]/.test(line)) return { ...reading, fault: `a bare CR, LF or NUL in ${JSON.stringify(line)}` };
      const good =
        i === 0
          ? /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [^\x00-\x20\x7f]+ HTTP\/1\.[01]$/
          : /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;
      if (!good.test(line)) return { ...reading, fault: `not a good line: ${JSON.stringify(line)}` };
    }
    if (end < 0) return { ...reading, partial: true };
    const values = (name: string) =>
      lines
        .slice(1)
        .filter((line) => line.toLowerCase().startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).trim());
    const [lengths, codings, hosts] = [values('content-length'), values('transfer-encoding'), values('host')];
    if (hosts.length !== 1) return { ...reading, fault: `${hosts.length} Host headers` };
    if (lengths.length + codings.length > 1)
      return { ...reading, fault: `lengths ${JSON.stringify(lengths)} and codings ${JSON.stringify(codings)}` };
    if (lengths[0] !== undefined && !/^\d+$/.test(lengths[0])) return { ...reading, fault: `the length ${lengths[0]}` };
    if (codings[0] !== undefined && codings[0].toLowerCase() !== 'chunked')
      return { ...reading, fault: `the coding ${codings[0]}` };
    at = end + 4;
    if (codings[0] !== undefined) {
      const rest = readChunks(text, at);
      if (typeof rest === 'string') return { ...reading, fault: rest };
      if (rest < 0) return { ...reading, partial: true };
      at = rest;
    } else {
      at += Number(lengths[0] ?? 0);
      if (at > text.length) return { ...reading, partial: true };
    }
    reading.whole.push(lines[0] ?? '');
  }
  return reading;
}

/** Where the body ends, -1 when it does not yet, or what is wrong. */
function readChunks(text: string, from: number): number | string {
  for (let at = from; ;) {
    const end = text.indexOf('\r\n', at);
    if (end < 0) return -1;
    const line = text.slice(at, end);
    const size = /^([0-9a-fA-F]{1,12})(;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line)?.[1];
    if (size === undefined) return `a chunk size of ${JSON.stringify(line)}`;
    at = end + 2;
    if (Number.parseInt(size, 16) === 0) {
      const trailersEnd = text.startsWith('\r\n', at) ? at + 2 : text.indexOf('\r\n\r\n', at) + 4;
      return trailersEnd < 4 || trailersEnd > text.length ? -1 : trailersEnd;
    }
    at += Number.parseInt(size, 16);
    if (at + 2 > text.length) return -1;
    if (text.slice(at, at + 2) !== '\r\n') return `a chunk that ends in ${JSON.stringify(text.slice(at, at + 2))}`;
    at += 2;
  }
}
