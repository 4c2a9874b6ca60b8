// Stand-ins for nine vendors: answers in the vendors' own shapes, with usage whose price is known.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '../origin.ts';

type Headers = Record<string, string>;

function json(response: ServerResponse, body: unknown, headers: Headers = {}, status = 200): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  return true;
}

function events(response: ServerResponse, list: readonly [name: string | null, data: unknown][]): true {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [name, data] of list)
    response.write(
      `${name === null ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
    );
  response.end();
  return true;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}

/** Answers once the request is there, by what it says. */
function reading(
  path: string | RegExp,
  answer: (body: string, response: ServerResponse, request: IncomingMessage) => void,
): Route {
  return (request, response) => {
    const asked = request.url?.split('?')[0] ?? '';
    if (typeof path === 'string' ? asked !== path : !path.test(asked)) return false;
    void bodyOf(request).then((body) => answer(body, response, request));
    return true;
  };
}

const chatUsage = {
  prompt_tokens: 2006,
  completion_tokens: 300,
  total_tokens: 2306,
  prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 128,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

const openaiLimits = {
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9998',
  'x-ratelimit-reset-requests': '12ms',
  'x-ratelimit-limit-tokens': '2000000',
  'x-ratelimit-remaining-tokens': '1997694',
  'x-ratelimit-reset-tokens': '6m0s',
};

let busy = true;

const openai: Route[] = [
  reading('/v1/chat/completions', (text, response) => {
    const asked = JSON.parse(text) as { stream?: boolean };
    const head = { id: 'chatcmpl-1', created: 1_763_892_000, model: 'gpt-5-2025-08-07', service_tier: 'default' };
    if (!asked.stream) {
      // The first one is refused, and the SDK tries again.
      if (busy) {
        busy = false;
        const error = { message: 'Rate limit reached', type: 'requests', param: null, code: 'rate_limit_exceeded' };
        json(
          response,
          { error },
          { ...openaiLimits, 'x-ratelimit-remaining-requests': '0', 'retry-after-ms': '5', 'retry-after': '1' },
          429,
        );
        return;
      }
      const message = { role: 'assistant', content: 'On its way.', refusal: null };
      json(
        response,
        {
          ...head,
          object: 'chat.completion',
          choices: [{ index: 0, message, finish_reason: 'stop' }],
          usage: chatUsage,
        },
        openaiLimits,
      );
      return;
    }
    const chunk = (choices: object[], usage: object | null) => ({
      ...head,
      object: 'chat.completion.chunk',
      choices,
      usage,
    });
    events(response, [
      ...['On ', 'its ', 'way.'].map((content): [null, unknown] => [
        null,
        chunk([{ index: 0, delta: { content }, finish_reason: null }], null),
      ]),
      [null, chunk([{ index: 0, delta: {}, finish_reason: 'stop' }], null)],
      [null, chunk([], chatUsage)],
      [null, '[DONE]'],
    ]);
  }),
  reading('/v1/responses', (_text, response) => {
    json(response, {
      id: 'resp_1',
      object: 'response',
      created_at: 1_763_892_000,
      status: 'completed',
      model: 'gpt-5-mini-2025-08-07',
      service_tier: 'default',
      output: [
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Three late.', annotations: [] }],
        },
      ],
      usage: {
        input_tokens: 2006,
        input_tokens_details: { cached_tokens: 1920 },
        output_tokens: 300,
        output_tokens_details: { reasoning_tokens: 256 },
        total_tokens: 2306,
      },
    });
  }),
  reading('/v1/embeddings', (_text, response) => {
    const vector = Array.from({ length: 1536 }, (_, at) => at / 1536);
    json(response, {
      object: 'list',
      data: [0, 1].map((index) => ({ object: 'embedding', index, embedding: vector })),
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 5000, total_tokens: 5000 },
    });
  }),
];

const anthropic: Route[] = [
  reading('/v1/messages', (_text, response) => {
    const usage = {
      input_tokens: 100,
      cache_creation_input_tokens: 5000,
      cache_read_input_tokens: 20_000,
      cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 4000 },
      output_tokens: 1,
      service_tier: 'standard',
    };
    const message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5-20250929',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    };
    const list: [string, object][] = [
      ['message_start', { message }],
      ['content_block_start', { index: 0, content_block: { type: 'text', text: '' } }],
      ['ping', {}],
      ['content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Almost ' } }],
      ['content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'there.' } }],
      ['content_block_stop', { index: 0 }],
      ['message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 503 } }],
      ['message_stop', {}],
    ];
    events(
      response,
      list.map(([type, data]) => [type, { type, ...data }]),
    );
  }),
];

const gemini: Route[] = [
  reading(/^\/v1(?:beta)?\/models\/gemini-2\.5-flash(?::|%3A)generateContent$/, (_text, response) => {
    json(response, {
      candidates: [{ content: { role: 'model', parts: [{ text: 'Paket' }] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: 1000,
        cachedContentTokenCount: 600,
        candidatesTokenCount: 200,
        thoughtsTokenCount: 300,
        totalTokenCount: 1500,
      },
      modelVersion: 'gemini-2.5-flash',
      responseId: 'r1',
    });
  }),
];

const stripe: Route[] = [
  reading('/v1/payment_intents', (text, response) => {
    const asked = new URLSearchParams(text);
    const headers = { 'stripe-version': '2026-01-28.clover', 'request-id': 'req_1' };
    if (asked.get('payment_method') === 'pm_card_declined') {
      const error = { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' };
      json(response, { error }, headers, 402);
      return;
    }
    json(
      response,
      {
        id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
        object: 'payment_intent',
        amount: 12_345,
        amount_received: 12_345,
        currency: 'usd',
        status: 'succeeded',
        livemode: true,
      },
      headers,
    );
  }),
  reading(/^\/v1\/customers\/cus_\w+$/, (_text, response) => {
    json(response, { id: 'cus_NffrFeUfNV2Hib', object: 'customer' });
  }),
];

const twilio: Route[] = [
  reading(/^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}\/Messages\.json$/, (_text, response) => {
    json(
      response,
      {
        sid: 'SM' + '0a'.repeat(16),
        status: 'queued',
        num_segments: '2',
        to: '+15005550009',
        from: '+15005550006',
        price: null,
        price_unit: 'USD',
      },
      {},
      201,
    );
  }),
];

const github: Route[] = [
  (request, response) => {
    const limits = {
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': '4987',
      'x-ratelimit-used': '13',
      'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 1800),
      'x-ratelimit-resource': 'core',
      'x-github-api-version-selected': '2022-11-28',
    };
    request.resume();
    if (request.url === '/repos/harbour/web') return json(response, { id: 1, full_name: 'harbour/web' }, limits);
    if (request.url === '/repos/harbour/web/issues') return json(response, { id: 2, number: 42 }, limits, 201);
    return false;
  },
];

const slack: Route[] = [
  reading('/api/chat.postMessage', (_text, response) => {
    json(response, { ok: true, channel: 'C0123456789', ts: '1763892000.000100', message: { text: 'Late parcels: 3' } });
  }),
];

const shopify: Route[] = [
  reading('/admin/api/2026-01/graphql.json', (_text, response) => {
    json(response, {
      data: { shop: { name: 'Harbour' } },
      extensions: {
        cost: {
          requestedQueryCost: 1,
          actualQueryCost: 1,
          throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1999, restoreRate: 100 },
        },
      },
    });
  }),
];

const s3: Route[] = [
  (request, response) => {
    if (!request.url?.startsWith('/parcels/')) return false;
    request.resume();
    if (request.method === 'PUT') response.writeHead(200, { etag: '"9b2cf535f27731c974343645a3985328"' }).end();
    else
      response
        .writeHead(200, { 'content-type': 'text/csv', etag: '"9b2cf535f27731c974343645a3985328"' })
        .end('id,late\n1,3\n');
    return true;
  },
];

const bedrock: Route[] = [
  reading(/^\/model\/.*\/converse$/, (_text, response) => {
    json(response, {
      metrics: { latencyMs: 800 },
      output: { message: { role: 'assistant', content: [{ text: 'Three are late.' }] } },
      stopReason: 'end_turn',
      usage: {
        inputTokens: 10_000,
        outputTokens: 1000,
        totalTokens: 11_000,
        cacheReadInputTokens: 0,
        cacheWriteInputTokens: 0,
      },
    });
  }),
];

/** Host → what answers there. */
export const STAND_INS: Readonly<Record<string, readonly Route[]>> = {
  'api.openai.com': openai,
  'api.anthropic.com': anthropic,
  'generativelanguage.googleapis.com': gemini,
  'api.stripe.com': stripe,
  'api.twilio.com': twilio,
  'api.github.com': github,
  'slack.com': slack,
  'harbour.myshopify.com': shopify,
  'harbour-reports.s3.eu-west-1.amazonaws.com': s3,
  'bedrock-runtime.us-east-1.amazonaws.com': bedrock,
};
