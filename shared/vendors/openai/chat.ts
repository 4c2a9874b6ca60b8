import { record, stringOrNull } from '../../llm/loose.ts';
import type { ExchangeHead } from '../exchange.ts';
import { tierOf } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';
import { firstAt, readChatUsage } from './chat-usage.ts';

/**
 * Chat completions, at OpenAI and everybody who copied them (Azure, Mistral, xAI, Perplexity, DeepSeek, Groq, Together,
 * Fireworks, OpenRouter, servers of one's own). In a stream the usage comes with the last chunk, if it was asked for.
 */
export const openaiChat = modelReader({
  name: 'openai-chat',
  reads: (head) => head.method === 'POST' && head.path.endsWith('/completions'),
  values: ['model', 'usage', 'service_tier', 'x_groq.usage', 'choices[].finish_reason', 'object', 'error'],
  texts: ['choices'],
  begin(draft, head) {
    draft.requestModel = deploymentOf(head);
  },
  take(found, draft) {
    draft.model = stringOrNull(found.at('model')) || draft.model;
    draft.tier = tierOf(found.at('service_tier')) ?? draft.tier;
    if (/^(?:chat|text_completion)/.test(stringOrNull(found.at('object')) ?? '')) draft.known = true;
    const reasons = found.all('choices[].finish_reason');
    if (reasons.length > 0) draft.known = true;
    if (reasons.some((reason) => typeof reason === 'string')) draft.finished = true;
    const usage = firstAt(found, 'usage', 'x_groq.usage');
    if (usage !== undefined) readChatUsage(record(usage), draft, draft.host);
    if (draft.known && draft.model !== null && /-search-(?:preview|api)/.test(draft.model))
      draft.units['web_search'] ??= 1;
  },
});

/** Azure's addresses name a deployment; which model that is, the answer says. */
export function deploymentOf(head: Pick<ExchangeHead, 'path'>): string | null {
  const found = /\/openai\/deployments\/([^/]+)\//.exec(head.path)?.[1];
  return found === undefined ? null : safeDecode(found);
}

export function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
