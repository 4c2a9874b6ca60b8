import type { Call, Header } from '../model/call.ts';
import { urlOf } from '../query/evaluate.ts';
import type { BodyContent } from './body-content.ts';
import { isRedacted } from './redacted.ts';
import { shellQuote, shellQuoteBytes } from './shell-quote.ts';

/** What curl writes by itself, or what speaks of one connection only. */
const LEFT_OUT = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'http2-settings',
]);
/** Headers curl adds unless told not to. */
const CURL_ADDS = ['User-Agent', 'Accept'];
/** One argument may be 128 KiB on Linux; longer bodies go through standard input. */
const LONGEST_ARGUMENT = 100_000;

/**
 * The bash command that sends the recorded request again with curl: same method, address, header
 * lines and body bytes. `body` is the request body as on the wire (content coding still on), or
 * `decoded` where only that was kept. What cannot be reproduced (redacted values, a cut body, a
 * tunnel) is said in comment lines on top.
 */
export function toCurl(call: Call, body: BodyContent | null, decoded = false): string {
  if (body === null && call.requestBody.wireBytes === 0 && saysEmpty(call)) body = { text: '', bytes: 0 };
  if (call.kind === 'tunnel')
    return `# This call was a tunnel to ${call.host}:${call.port}: its bytes were passed on unread, so there is no request to repeat.\n`;
  const notes: string[] = [];
  const options = [
    ...methodOptions(call, body),
    ...protocolOptions(call),
    ...addressOptions(call),
    ...headerOptions(call, body, decoded, notes),
  ];
  if (isRedacted(call.path + call.query))
    notes.push('Values in the address were redacted before they were stored; put the real ones in.');
  if (body && 'text' in body && isRedacted(body.text))
    notes.push('Values in the body were redacted before they were stored; put the real ones in.');
  if (call.requestBody.truncated !== null) notes.push(cutNote(call));
  else if (call.requestBody.wireBytes > 0 && body === null) notes.push('The request had a body that was not kept.');
  if (call.kind === 'websocket')
    notes.push('This repeats the WebSocket handshake only; curl does not speak the messages.');

  const { feed, option } = bodyOptions(body);
  if (option) options.push(option);
  const command = [`${feed}curl`, ...options].join(' \\\n  ');
  return `${notes.map((note) => `# ${note}\n`).join('')}${command}\n`;
}

/** A request that says it has no body: curl says so too only when it is given an empty one. */
function saysEmpty(call: Call): boolean {
  return call.requestHeaders.some(([name, value]) => name.toLowerCase() === 'content-length' && value.trim() === '0');
}

function methodOptions(call: Call, body: BodyContent | null): string[] {
  const { method } = call;
  if (method === 'GET' && body === null) return [];
  if (method === 'POST' && body !== null) return [];
  // `-X HEAD` would wait for a body that never comes.
  if (method === 'HEAD' && body === null) return ['--head'];
  return [`--request ${shellQuoteBytes(method)}`];
}

function protocolOptions(call: Call): string[] {
  const protocol = call.protocol ?? call.clientProtocol;
  if (call.kind === 'websocket') return ['--http1.1'];
  if (protocol === 'h2') return [call.scheme === 'https' ? '--http2' : '--http2-prior-knowledge'];
  if (protocol === 'http/1.0') return ['--http1.0'];
  return call.scheme === 'https' ? ['--http1.1'] : [];
}

/** Characters that curl passes on as they stand in a URL. */
const PLAIN_TARGET = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*$/;

function addressOptions(call: Call): string[] {
  const scheme = call.scheme === 'wss' ? 'https' : call.scheme === 'ws' ? 'http' : call.scheme;
  const target = call.path + call.query;
  if (PLAIN_TARGET.test(target)) {
    const options = /\/\.{1,2}(\/|\?|$)/.test(target) ? ['--path-as-is'] : [];
    return [...options, ...(call.host.includes(':') ? ['--globoff'] : []), shellQuoteBytes(urlOf({ ...call, scheme }))];
  }
  // OPTIONS *, brackets, raw bytes: curl would read or rewrite them in a URL, so the target goes apart.
  const bare = urlOf({ ...call, scheme, path: '/', query: '' });
  return [
    '--globoff',
    ...(target === '' ? [] : [`--request-target ${shellQuoteBytes(target)}`]),
    shellQuoteBytes(bare),
  ];
}

function headerOptions(call: Call, body: BodyContent | null, decoded: boolean, notes: string[]): string[] {
  const options: string[] = [];
  const authority = urlOf({ ...call, path: '', query: '' }).replace(/^\w+:\/\//, '');
  const sent = new Set<string>();
  for (const header of call.requestHeaders) {
    const name = header[0].toLowerCase();
    if (isLeftOut(call, name) || (name === 'host' && sameAuthority(header[1], authority, call))) continue;
    if (decoded && name === 'content-encoding') {
      notes.push(`The body was sent in ${header[1]}; only its redacted text was kept, so it is sent as it is.`);
      continue;
    }
    sent.add(name);
    if (isRedacted(header[1]))
      notes.push(`The value of ${header[0]} was redacted before it was stored; put the real one in.`);
    options.push(headerOption(header));
    if (name === 'accept-encoding' && call.responseBody.decodedBytes !== null) options.push('--compressed');
  }
  for (const name of CURL_ADDS) if (!sent.has(name.toLowerCase())) options.push(`--header '${name}:'`);
  if (body !== null) {
    if (!sent.has('content-type')) options.push("--header 'Content-Type:'");
    // curl asks for leave before it sends more than 1 MiB.
    if (!sent.has('expect') && body.bytes > 1_000_000) options.push("--header 'Expect:'");
  }
  return options;
}

function isLeftOut(call: Call, name: string): boolean {
  if (call.kind === 'websocket' && (name === 'connection' || name === 'upgrade')) return false;
  // Some servers refuse a chunked body, others one with a length. HTTP/2 has no such header.
  if (name === 'transfer-encoding' && call.requestBody.wireBytes > 0) return call.protocol === 'h2';
  return LEFT_OUT.has(name);
}

function sameAuthority(host: string, authority: string, call: Call): boolean {
  return (
    host.toLowerCase() === authority.toLowerCase() || host.toLowerCase() === `${authority}:${call.port}`.toLowerCase()
  );
}

function headerOption([name, value]: Header): string {
  // `Name;` is how curl is told to send an empty value; `Name:` would drop the header.
  return `--header ${value === '' ? shellQuoteBytes(`${name};`) : shellQuoteBytes(`${name}: ${value}`)}`;
}

function bodyOptions(body: BodyContent | null): { feed: string; option: string | null } {
  if (body === null) return { feed: '', option: null };
  if ('base64' in body) return { feed: `printf %s '${body.base64}' | base64 --decode | `, option: '--data-binary @-' };
  if (body.text.length > LONGEST_ARGUMENT)
    return { feed: `printf %s ${shellQuote(body.text)} | `, option: '--data-binary @-' };
  // --data-raw, not --data: a text that begins with @ is not a file name.
  return { feed: '', option: `--data-raw ${body.text === '' ? "''" : shellQuote(body.text)}` };
}

function cutNote(call: Call): string {
  const { capturedBytes, wireBytes, truncated } = call.requestBody;
  const why = {
    limit: 'over the capture limit',
    shed: 'let go because the recorder could not keep up',
    cut: 'cut off by the program',
  }[truncated ?? 'cut'];
  return `Only ${capturedBytes} of ${wireBytes} bytes of the request body were kept (${why}); the body below is not complete.`;
}
