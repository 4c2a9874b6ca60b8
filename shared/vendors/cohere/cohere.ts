import { numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import type { Loose } from '../../llm/loose.ts';
import type { Draft } from '../usage/draft.ts';
import { putTokens, putUnit } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';
import { firstAt } from '../openai/chat-usage.ts';

/**
 * Cohere: what is charged are the *billed units*, not the tokens beside them. Chats say it at their end (`message-end`,
 * in the older version `stream-end`), embeddings and rankings in `meta`.
 */
export const cohere = modelReader({
  name: 'cohere',
  reads: (head) =>
    head.method === 'POST' && /^\/(?:compatibility\/)?v[12]\/(?:chat|embed|rerank|classify|generate)$/.test(head.path),
  values: [
    'type',
    'event_type',
    'finish_reason',
    'usage',
    'delta.usage',
    'delta.finish_reason',
    'meta',
    'response.meta',
    'results[].index',
  ],
  texts: ['message', 'delta', 'text'],
  take(found, draft) {
    const type = stringOrNull(firstAt(found, 'type', 'event_type')) ?? '';
    const usage = record(firstAt(found, 'delta.usage', 'usage', 'response.meta', 'meta'));
    if (/^(?:message-|content-|stream-|text-)/.test(type) || Object.keys(usage).length > 0) draft.known = true;
    if (type === 'message-end' || type === 'stream-end') draft.complete = true;
    const billed = record(usage['billed_units']);
    if (Object.keys(billed).length === 0) return;
    readBilled(billed, usage, draft);
    draft.raw = usage;
    draft.said = 'all';
  },
});

function readBilled(billed: Loose, usage: Loose, draft: Draft): void {
  const input = numberOrNull(billed['input_tokens']);
  const output = numberOrNull(billed['output_tokens']);
  const pictures = numberOrNull(billed['images']);
  if (input !== null || output !== null)
    putTokens(draft, {
      input: input ?? 0,
      output: output ?? 0,
      cacheRead: numberOrNull(usage['cached_tokens']) || null,
    });
  putUnit(draft, 'rerank_units', numberOrNull(billed['search_units']));
  putUnit(draft, 'classifications', numberOrNull(billed['classifications']));
  putUnit(draft, 'images', pictures);
}
