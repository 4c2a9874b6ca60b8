import type { HarRequest } from '@readme/httpsnippet';
import { toCurl } from '../../shared/format/curl.ts';
import { isRedacted } from '../../shared/format/redacted.ts';
import type { Call } from '../../shared/model/call.ts';
import { urlOf } from '../../shared/query/evaluate.ts';
import { readBodyContent } from '../content/body-content.ts';
import type { ReaderFace } from './engine-face.ts';
import { FORMS } from './snippet-forms.ts';
import { readBody } from './read-body.ts';

/** Headers that belong to one connection, or that every client writes by itself. */
const LEFT_OUT =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|proxy-connection|te|trailer|upgrade|http2-settings)$/i;
/** Longer bodies make no source text. */
const LONGEST_BODY = 1024 * 1024;

/** Source text that makes a call again; null when there is no such form. What it cannot do is said in comments on top. */
export async function writeSnippet(
  reader: ReaderFace,
  call: Call,
  target: string,
): Promise<{ code: string; language: string } | null> {
  const found = FORMS.find((one) => one.target === target);
  if (!found) return null;
  const { language, by, comment } = found;
  if (by === null) {
    const body = await readBody(reader, call, 'request', true);
    const coded = call.requestHeaders.some(([name]) => name.toLowerCase() === 'content-encoding');
    const decoded = coded && body !== null && body.contentEncoding === null;
    return { code: toCurl(call, body && readBodyContent(body.bytes, null), decoded), language };
  }
  const body = await readBody(reader, call, 'request', false);
  const content = body && readBodyContent(body.bytes, body.contentType);
  const notes: string[] = [];
  let text: string | null = null;
  if (call.kind === 'tunnel')
    notes.push(`This call was a tunnel to ${call.host}:${call.port}, passed on unread: there is no request to repeat.`);
  if (call.kind === 'websocket') notes.push('This repeats the WebSocket handshake only.');
  if (content && 'base64' in content)
    notes.push(
      `The request body is ${content.bytes} bytes that are not text; it is left out here. Save it with: sallyport call ${call.id} --body request`,
    );
  else if (content && content.bytes > LONGEST_BODY)
    notes.push(
      `The request body is ${content.bytes} bytes long; it is left out here. Save it with: sallyport call ${call.id} --body request`,
    );
  else if (content && body?.problem) notes.push(`The request body cannot be shown: ${body.problem}`);
  else if (content) ({ text } = content as { text: string });
  else if (call.requestBody.wireBytes > 0) notes.push('The request had a body that was not kept.');
  if (call.requestBody.truncated !== null)
    notes.push(`Only ${call.requestBody.capturedBytes} of ${call.requestBody.wireBytes} bytes of the body were kept.`);
  const all = [call.path + call.query, ...call.requestHeaders.map(([, value]) => value), text ?? ''];
  if (all.some(isRedacted)) notes.push('Values in it were redacted before they were stored; put the real ones in.');

  const { HTTPSnippet } = await import('@readme/httpsnippet');
  const code = quietly(() => new HTTPSnippet(requestOf(call, text)).convert(...by));
  const lines = [code].flat().filter((one) => typeof one === 'string')[0] ?? '';
  const head = comment === null ? '' : notes.map((note) => `${comment} ${note}\n`).join('');
  const foot = comment === null && language === 'php' ? notes.map((note) => `\n// ${note}`).join('') : '';
  return { code: `${head}${lines}${foot}\n`, language };
}

/** The generator reads addresses the way Node is leaving behind, which is nothing to tell the user about. */
function quietly<T>(work: () => T): T {
  const before = process.noDeprecation;
  process.noDeprecation = true;
  try {
    return work();
  } finally {
    process.noDeprecation = before ?? false;
  }
}

/** The call as the generator reads it: a HAR request. */
function requestOf(call: Call, text: string | null): HarRequest {
  const headers = new Map<string, { name: string; value: string }>();
  for (const [name, value] of call.requestHeaders) {
    if (LEFT_OUT.test(name) || (name.toLowerCase() === 'content-encoding' && text !== null)) continue;
    const before = headers.get(name.toLowerCase());
    // Source text has one value a name.
    if (before) before.value += (/^cookie$/i.test(name) ? '; ' : ', ') + value;
    else headers.set(name.toLowerCase(), { name, value });
  }
  const scheme = call.scheme.replace(/^ws/, 'http');
  const type = headers.get('content-type')?.value ?? '';
  const isForm = /^application\/x-www-form-urlencoded/i.test(type);
  // A multipart body goes as it was sent: the parts are in the text.
  const mimeType = /^multipart\//i.test(type) || type === '' ? 'text/plain' : type;
  return {
    method: call.method,
    url: urlOf({ ...call, scheme }),
    httpVersion: 'HTTP/1.1',
    headers: [...headers.values()],
    cookies: [],
    queryString: [],
    headersSize: -1,
    bodySize: -1,
    ...(text === null
      ? {}
      : {
          postData: isForm
            ? { mimeType, params: [...new URLSearchParams(text)].map(([name, value]) => ({ name, value })) }
            : { mimeType, text },
        }),
  } as HarRequest;
}
