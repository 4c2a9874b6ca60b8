import { z } from 'zod';
import { callSchema } from '../../../shared/contract/call-schemas.ts';

/**
 * What is read of a HAR 1.2 entry. Tools differ in what they leave out (Chrome: bodies; Firefox: sizes; mitmproxy: timings),
 * so all but method, address and time may be missing.
 */
const text = z.string().catch('');
const ms = z.number().optional().catch(undefined);
const pairs = z.array(z.object({ name: z.coerce.string(), value: z.coerce.string().catch('') })).catch([]);

export const harReadSchema = z.object({
  startedDateTime: z.string('it has no startedDateTime'),
  request: z.object(
    {
      method: z.string('its request has no method').max(1000),
      url: z.string('its request has no url'),
      httpVersion: z.string().optional().catch(undefined),
      headers: pairs,
      bodySize: z.number().optional().catch(undefined),
      postData: z
        .object({
          mimeType: text,
          text: z.string().optional(),
          encoding: z.string().optional(),
          _encoding: z.string().optional(),
          params: z.array(z.object({ name: z.string(), value: z.string().optional() })).optional(),
        })
        .optional()
        .catch(undefined),
    },
    'it has no request',
  ),
  response: z
    .object({
      status: z.number().int().min(0).max(999).catch(0),
      statusText: text,
      httpVersion: z.string().optional().catch(undefined),
      headers: pairs,
      content: z
        .object({
          size: z.number().catch(-1),
          mimeType: text,
          text: z.string().optional().catch(undefined),
          encoding: z.string().optional().catch(undefined),
        })
        .catch({ size: -1, mimeType: '', text: undefined, encoding: undefined }),
      bodySize: z.number().catch(-1),
      _error: z.string().optional().catch(undefined),
    })
    .catch({
      status: 0,
      statusText: '',
      httpVersion: undefined,
      headers: [],
      content: { size: -1, mimeType: '', text: undefined, encoding: undefined },
      bodySize: -1,
      _error: undefined,
    }),
  timings: z.object({ blocked: ms, dns: ms, connect: ms, ssl: ms, send: ms, wait: ms, receive: ms }).catch({
    blocked: undefined,
    dns: undefined,
    connect: undefined,
    ssl: undefined,
    send: undefined,
    wait: undefined,
    receive: undefined,
  }),
  serverIPAddress: z.string().optional().catch(undefined),
  comment: z.string().optional().catch(undefined),
  _resourceType: z.string().optional().catch(undefined),
  _webSocketMessages: z
    .array(
      z.object({
        type: text,
        time: z.number().catch(0),
        opcode: z.number().catch(1),
        data: text,
        _name: z.string().optional(),
      }),
    )
    .optional()
    .catch(undefined),
  _sallyport: z.unknown().optional(),
});
export type HarRead = z.infer<typeof harReadSchema>;

const {
  kind,
  app,
  clientAddress,
  clientProtocol,
  failure,
  decisions,
  attempts,
  tunnel,
  informational,
  requestTrailers,
  responseTrailers,
  requestBody,
  responseBody,
  sources,
  process,
  processUnknown,
  package: packageName,
  callsite,
  frames,
  traceId,
  spanId,
  tags,
} = callSchema.shape;
/** What our own exports add. A part that is not as we write it is passed over. */
const own = z.object({
  kind: kind.optional().catch(undefined),
  app: app.optional().catch(undefined),
  clientAddress: clientAddress.optional().catch(undefined),
  clientProtocol: clientProtocol.optional().catch(undefined),
  failure: failure.optional().catch(undefined),
  decisions: decisions.optional().catch(undefined),
  attempts: attempts.optional().catch(undefined),
  tunnel: tunnel.optional().catch(undefined),
  informational: informational.optional().catch(undefined),
  requestTrailers: requestTrailers.optional().catch(undefined),
  responseTrailers: responseTrailers.optional().catch(undefined),
  requestBody: requestBody.optional().catch(undefined),
  responseBody: responseBody.optional().catch(undefined),
  sources: sources.optional().catch(undefined),
  process: process.optional().catch(undefined),
  processUnknown: processUnknown.optional().catch(undefined),
  package: packageName.optional().catch(undefined),
  callsite: callsite.optional().catch(undefined),
  frames: frames.optional().catch(undefined),
  traceId: traceId.optional().catch(undefined),
  spanId: spanId.optional().catch(undefined),
  tags: tags.optional().catch(undefined),
});

export function readOwn(value: unknown): z.infer<typeof own> {
  const read = own.safeParse(value);
  return read.success ? read.data : {};
}
