/**
 * Header blocks as the facts have them: `Name: value\r\n` repeated, one Latin-1 byte a char. Clients hold them as
 * flat lists of strings or buffers, or as objects.
 */
export function linesOf(headers: unknown): string {
  if (typeof headers !== 'object' || headers === null) return '';
  let lines = '';
  if (Array.isArray(headers)) {
    for (let at = 0; at + 1 < headers.length; at += 2) lines += line(text(headers[at]), headers[at + 1]);
    return lines;
  }
  for (const [name, value] of Object.entries(headers)) {
    // The pseudo-headers of HTTP/2 are told as what they are.
    if (!name.startsWith(':')) lines += line(name, value);
  }
  return lines;
}

function line(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => line(name, one)).join('');
  return value == null ? '' : `${name}: ${text(value)}\r\n`;
}

/** A header's name or value as a client holds it; '' for what is neither. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The lines of a whole head, without its first line and its empty last one. */
export function linesOfHead(head: string): string {
  const from = head.indexOf('\n') + 1;
  const to = head.endsWith('\r\n\r\n') ? head.length - 2 : head.length;
  return from === 0 ? '' : head.slice(from, to);
}

/** Splits `host`, `host:port`, `[v6]:port`; the port is null when it is not said. */
export function splitHost(authority: string): { host: string; port: number | null } {
  const match = /^\[([^\]]*)\](?::(\d+))?$/.exec(authority) ?? /^([^:]*)(?::(\d+))?$/.exec(authority);
  if (match === null) return { host: authority, port: null };
  return { host: match[1]!.toLowerCase(), port: match[2] === undefined ? null : Number(match[2]) };
}
