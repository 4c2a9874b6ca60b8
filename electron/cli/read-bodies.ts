import type { Call, Message } from '../../shared/model/call.ts';
import type { BodyContent } from '../../shared/format/body-content.ts';
import { readBodyContent } from '../content/body-content.ts';
import type { EngineClient } from '../hosts/engine-client.ts';

export interface FetchedBody {
  bytes: Buffer;
  contentType: string | null;
  contentEncoding: string | null;
  problem: string | null;
  truncated: 'limit' | 'shed' | 'cut' | null;
  redacted: boolean;
}

/** One body of a call, or null when there is none or it was not kept. */
export async function fetchBody(
  client: EngineClient,
  call: Call,
  side: 'request' | 'response',
  raw = false,
): Promise<FetchedBody | null> {
  const facts = side === 'request' ? call.requestBody : call.responseBody;
  if (facts.captured === null) return null;
  try {
    const { base64, bytes: _, ...body } = await client.calls.body({ id: call.id, side, raw });
    return { bytes: Buffer.from(base64, 'base64'), ...body };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'BODY_NOT_KEPT') return null;
    throw error;
  }
}

/** Both bodies and the messages, as HAR wants them. */
export async function readBodies(
  client: EngineClient,
  call: Call,
): Promise<{ requestBody: BodyContent | null; responseBody: BodyContent | null; messages: Message[] }> {
  const [request, response] = await Promise.all([
    fetchBody(client, call, 'request'),
    fetchBody(client, call, 'response'),
  ]);
  return {
    requestBody: request && readBodyContent(request.bytes, request.contentType),
    responseBody: response && readBodyContent(response.bytes, response.contentType),
    messages: call.messages > 0 ? await allMessages(client, call.id) : [],
  };
}

/** Every stored message of a call, in order. */
export async function allMessages(client: EngineClient, id: number): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const { messages } = await client.calls.messages({ id, limit: 1000, after: all.length });
    all.push(...messages);
    if (messages.length < 1000) return all;
  }
}
