import { numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import { putTokens, sumOf } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';
import { deploymentOf } from './chat.ts';

/** Embeddings as OpenAI's and all who copied them: only what was read is charged. */
export const openaiEmbeddings = modelReader({
  name: 'openai-embeddings',
  reads: (head) => head.method === 'POST' && head.path.endsWith('/embeddings'),
  values: ['model', 'object', 'usage'],
  begin(draft, head) {
    draft.requestModel = deploymentOf(head);
  },
  take(found, draft) {
    draft.model = stringOrNull(found.at('model')) ?? draft.model;
    if (found.at('object') === 'list') draft.known = true;
    const usage = record(found.at('usage'));
    const input =
      numberOrNull(usage['prompt_tokens']) ?? numberOrNull(usage['total_tokens']) ?? sumOf(usage['input_tokens']);
    if (input === null) return;
    putTokens(draft, { input, output: 0 });
    draft.raw = usage;
    draft.said = 'all';
  },
});
