import type { Call, Header } from '../../shared/model/call.ts';

/** The head of a request as its protocol writes it. */
export function rawRequestHead(call: Call): string {
  const target = `${call.path}${call.query}`;
  if (call.clientProtocol === 'h2') {
    const authority = headerOf(call.requestHeaders, 'host') ?? call.host;
    return [
      `:method: ${call.method}`,
      `:scheme: ${call.scheme}`,
      `:authority: ${authority}`,
      `:path: ${target}`,
      ...call.requestHeaders.filter(([name]) => name.toLowerCase() !== 'host').map(lineOf),
      '',
    ].join('\n');
  }
  const version = call.clientProtocol === 'http/1.0' ? 'HTTP/1.0' : 'HTTP/1.1';
  return [`${call.method} ${target} ${version}`, ...call.requestHeaders.map(lineOf), ''].join('\n');
}

/** The head of the answer; null when none came. */
export function rawResponseHead(call: Call): string | null {
  const { status } = call;
  if (status === null) return null;
  const early = call.informational.map(
    ({ status: code, headers }) => `HTTP/1.1 ${code}\n${headers.map((header) => `${lineOf(header)}\n`).join('')}\n`,
  );
  const first =
    (call.protocol ?? call.clientProtocol) === 'h2'
      ? `:status: ${status}`
      : `${call.protocol === 'http/1.0' ? 'HTTP/1.0' : 'HTTP/1.1'} ${status}${call.reason ? ` ${call.reason}` : ''}`;
  return early.join('') + [first, ...call.responseHeaders.map(lineOf), ''].join('\n');
}

function lineOf([name, value]: Header): string {
  return `${name}: ${value}`;
}

function headerOf(headers: readonly Header[], wanted: string): string | null {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
}
