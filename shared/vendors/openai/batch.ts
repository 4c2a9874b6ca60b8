import { record, stringOrNull } from '../../llm/loose.ts';
import { addUp, endBatch } from '../anthropic/messages.ts';
import type { Draft } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';
import { readChatUsage } from './chat-usage.ts';
import { readResponseUsage } from './responses.ts';

/** Results of a batch, an answer a line, fetched as a file; files of another kind have nothing in them that is charged. */
export const openaiBatch = modelReader({
  name: 'openai-batch',
  reads: (head) => head.method === 'GET' && /\/files\/[^/]+\/content$/.test(head.path),
  values: ['response.body.model', 'response.body.usage', 'custom_id'],
  estimates: false,
  unsure: true,
  begin(draft) {
    draft.tier = 'batch';
  },
  take(found, draft) {
    const usage = record(found.at('response.body.usage'));
    if (found.at('custom_id') === undefined || Object.keys(usage).length === 0) return;
    const one: Draft = { ...draft, tokens: null, units: {} };
    if (usage['prompt_tokens'] === undefined) readResponseUsage(usage, one);
    else readChatUsage(usage, one, draft.host);
    addUp(draft, one, stringOrNull(found.at('response.body.model')));
  },
  finish: endBatch,
});
