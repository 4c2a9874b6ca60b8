import { numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import type { Loose } from '../../llm/loose.ts';
import type { Tokens } from '../../model/usage.ts';
import type { Found } from '../usage/documents.ts';
import type { Draft } from '../usage/draft.ts';
import { putTokens, sumOf } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';

/**
 * Realtime sessions over a WebSocket: each `response.done` says what that response used, so here they are added up. What the
 * transcription of what was said costs beside it, is of another model and is not in this.
 */
export const openaiRealtime = modelReader({
  name: 'openai-realtime',
  reads: (head) => head.method === 'GET' && head.path.endsWith('/realtime'),
  values: ['type', 'session.model', 'response.usage', 'response.status'],
  estimates: false,
  begin(draft, head) {
    draft.requestModel = /(?:^|[?&])(?:model|deployment)=([^&]+)/.exec(head.query)?.[1] ?? null;
  },
  take: () => {},
  message: takeMessage,
  finish(draft) {
    if ((draft.asked ?? 0) > 0 && draft.said === 'all') draft.said = 'some';
  },
});

function takeMessage(direction: 'sent' | 'received', found: Found, draft: Draft): void {
  if (direction === 'sent') return;
  const type = stringOrNull(found.at('type')) ?? '';
  draft.model = stringOrNull(found.at('session.model')) ?? draft.model;
  if (type === 'response.created') {
    draft.known = true;
    // Begun, and not said yet what it used.
    draft.asked = (draft.asked ?? 0) + 1;
  }
  if (type !== 'response.done') return;
  draft.asked = Math.max(0, (draft.asked ?? 0) - 1);
  const usage = record(found.at('response.usage'));
  if (numberOrNull(usage['total_tokens']) === null && numberOrNull(usage['input_tokens']) === null) return;
  addUsage(usage, draft);
}

function addUsage(usage: Loose, draft: Draft): void {
  const read = record(usage['input_token_details']);
  const cached = record(read['cached_tokens_details']);
  const written = record(usage['output_token_details']);
  const now: Partial<Tokens> = {
    input: numberOrNull(usage['input_tokens']),
    cacheRead: numberOrNull(read['cached_tokens']),
    cacheReadAudio: numberOrNull(cached['audio_tokens']),
    audioIn: numberOrNull(read['audio_tokens']),
    imageIn: numberOrNull(read['image_tokens']),
    output: numberOrNull(usage['output_tokens']),
    audioOut: numberOrNull(written['audio_tokens']),
  };
  const sums: Partial<Tokens> = {};
  for (const key of Object.keys(now) as (keyof Tokens)[]) sums[key] = sumOf(draft.tokens?.[key] ?? null, now[key]);
  putTokens(draft, sums);
  draft.raw = usage;
  draft.said = 'all';
}
