import { numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import type { Loose } from '../../llm/loose.ts';
import type { Found } from '../usage/documents.ts';
import type { Draft } from '../usage/draft.ts';
import { putTokens, tierOf } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';
import { countTools, firstAt } from './chat-usage.ts';

/**
 * The Responses API, whole, streamed and over a WebSocket. A stream says what was used in its last event: `response.completed`,
 * `response.incomplete` or `response.failed`.
 */
export const openaiResponses = modelReader({
  name: 'openai-responses',
  reads: (head) => (head.method === 'POST' || head.method === 'GET') && head.path.endsWith('/responses'),
  values: [
    'object',
    'type',
    'model',
    'usage',
    'service_tier',
    'output[].type',
    'response.model',
    'response.usage',
    'response.service_tier',
    'response.output[].type',
  ],
  texts: ['output', 'delta'],
  take: takeResponse,
  message(direction, found, draft) {
    if (direction === 'received') takeResponse(found, draft);
    else draft.requestModel = stringOrNull(firstAt(found, 'response.model', 'model')) ?? draft.requestModel;
  },
});

function takeResponse(found: Found, draft: Draft): void {
  const type = stringOrNull(found.at('type')) ?? '';
  if (found.at('object') === 'response' || type.startsWith('response.')) draft.known = true;
  draft.model = stringOrNull(firstAt(found, 'response.model', 'model')) ?? draft.model;
  draft.tier = tierOf(firstAt(found, 'response.service_tier', 'service_tier')) ?? draft.tier;
  const tools = [...found.all('response.output[].type'), ...found.all('output[].type')];
  if (tools.length > 0) countTools(tools, draft);
  const usage = firstAt(found, 'response.usage', 'usage');
  if (usage !== undefined) readResponseUsage(record(usage), draft);
  if (/^response\.(?:completed|incomplete|failed)$/.test(type)) draft.complete = true;
}

export function readResponseUsage(usage: Loose, draft: Draft): void {
  const input = numberOrNull(usage['input_tokens']);
  const output = numberOrNull(usage['output_tokens']);
  if (input === null && output === null) return;
  const read = record(usage['input_tokens_details']);
  const written = record(usage['output_tokens_details']);
  putTokens(draft, {
    input,
    cacheRead: numberOrNull(read['cached_tokens']),
    cacheWrite: numberOrNull(read['cache_write_tokens']),
    audioIn: numberOrNull(read['audio_tokens']),
    imageIn: numberOrNull(read['image_tokens']),
    output,
    reasoning: numberOrNull(written['reasoning_tokens']),
    audioOut: numberOrNull(written['audio_tokens']),
    imageOut: numberOrNull(written['image_tokens']),
  });
  draft.raw = usage;
  draft.said = 'all';
}
