import { toCurl } from '../../shared/format/curl.ts';
import { harEntry, harLog } from '../../shared/format/har.ts';
import { readBodyContent } from '../content/body-content.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { CallOptions } from './call.ts';
import { callText } from './call-text.ts';
import { openCalls } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import { allMessages, fetchBody, readBodies } from './read-bodies.ts';
import { refusalFault } from './refusal-fault.ts';
import { note, terminalWidth, write } from './terminal.ts';
import { version } from './version.ts';

/** `sallyport call ID`. */
export async function showCall(id: number, options: CallOptions): Promise<void> {
  if (options.raw && !options.body)
    throw new Fault('--raw says how to print a body; add --body request or --body response.', EXIT.usage);
  const connection = await openCalls(dataFolder(options.data));
  const { client } = connection;
  try {
    const call = await client.calls.get({ id });
    if (options.body) {
      const { base64, problem, truncated } = await client.calls.body({
        id,
        side: options.body,
        raw: options.raw ?? false,
      });
      const bytes = Buffer.from(base64, 'base64');
      if (problem) note(`The body is printed as on the wire: ${problem}.`);
      if (truncated) note(`The body is not complete (${truncated}).`);
      if (terminalWidth() !== null && bytes.includes(0))
        throw new Fault(
          `The body is ${bytes.length} bytes that are not text; send them to a file: --body ${options.body} > FILE`,
          EXIT.failed,
        );
      return await write(bytes);
    }
    switch (options.format) {
      case 'json': {
        const { requestBody, responseBody, messages } = await readBodies(client, call);
        return await write(
          `${JSON.stringify({ ...call, requestBodyContent: requestBody, responseBodyContent: responseBody, messageList: messages }, null, 2)}\n`,
        );
      }
      case 'har':
        return await write(
          `${JSON.stringify(harLog([harEntry({ call, ...(await readBodies(client, call)) })], version), null, 2)}\n`,
        );
      case 'curl': {
        const body = await fetchBody(client, call, 'request', true);
        const coded = call.requestHeaders.some(([name]) => name.toLowerCase() === 'content-encoding');
        const decoded = coded && body !== null && body.contentEncoding === null;
        return await write(toCurl(call, body && readBodyContent(body.bytes, null), decoded));
      }
      default: {
        const [request, response] = await Promise.all([
          fetchBody(client, call, 'request'),
          fetchBody(client, call, 'response'),
        ]);
        const messages = call.messages > 0 ? await allMessages(client, id) : [];
        return await write(callText({ call, request, response, messages }));
      }
    }
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}
