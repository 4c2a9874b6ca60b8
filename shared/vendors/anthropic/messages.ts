import { numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import type { Loose } from '../../llm/loose.ts';
import type { Tokens } from '../../model/usage.ts';
import { NO_TOKENS } from '../../model/usage.ts';
import type { ReadingEnd } from '../usage-reader.ts';
import type { Found } from '../usage/documents.ts';
import type { Draft } from '../usage/draft.ts';
import { putTokens, putUnit, sumOf, tierOf } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';
import { firstAt } from '../openai/chat-usage.ts';

/** Where Anthropic's answers and events have what is wanted. */
export const ANTHROPIC_VALUES = ['type', 'model', 'usage', 'message.model', 'message.usage', 'delta.stop_reason'];
export const ANTHROPIC_TEXTS = ['content', 'delta', 'content_block'];

/**
 * The Messages API, at Anthropic, at Google (`:rawPredict`) and at those who copied it. A stream says its input in
 * `message_start` and then totals in `message_delta`: what is there takes the place of what was before, nothing is added.
 */
export const anthropicMessages = modelReader({
  name: 'anthropic-messages',
  reads: (head) =>
    head.method === 'POST' &&
    (head.path.endsWith('/v1/messages') ||
      /\/publishers\/anthropic\/models\/[^/]+:(?:streamR|r)awPredict$/.test(head.path)),
  values: ANTHROPIC_VALUES,
  texts: ANTHROPIC_TEXTS,
  begin(draft, head) {
    const google = /\/locations\/([^/]+)\/publishers\/anthropic\/models\/([^/:]+):/.exec(head.path);
    draft.region = google?.[1] ?? null;
    draft.requestModel = google?.[2] ?? null;
  },
  take: takeAnthropic,
});

export function takeAnthropic(found: Found, draft: Draft): void {
  const type = stringOrNull(found.at('type')) ?? '';
  if (type === 'message' || type === 'message_start') draft.known = true;
  draft.model = stringOrNull(firstAt(found, 'message.model', 'model')) ?? draft.model;
  const usage = firstAt(found, 'message.usage', 'usage');
  if (usage !== undefined) {
    // Totals of a beginning are no end: what follows says how much was written.
    draft.raw = { ...draft.raw, ...record(usage) };
    readAnthropicUsage(draft.raw, draft);
    draft.said = type === 'message_start' ? 'some' : 'all';
  }
  if (typeof found.at('delta.stop_reason') === 'string') draft.finished = true;
  if (type === 'message_stop') draft.complete = true;
  if (type === 'error') draft.finished = false;
}

/** @param usage all that was said so far, the later over the earlier. */
export function readAnthropicUsage(usage: Loose, draft: Draft): void {
  const plain = numberOrNull(usage['input_tokens']);
  const read = numberOrNull(usage['cache_read_input_tokens']);
  const write = numberOrNull(usage['cache_creation_input_tokens']);
  const split = record(usage['cache_creation']);
  const short = numberOrNull(split['ephemeral_5m_input_tokens']);
  const long = numberOrNull(split['ephemeral_1h_input_tokens']);
  const written = write ?? (short === null && long === null ? null : (short ?? 0) + (long ?? 0));
  putTokens(draft, {
    // Theirs excludes the cache, ours has everything that was read.
    input: plain === null ? null : plain + (read ?? 0) + (written ?? 0),
    cacheRead: read,
    cacheWrite: written,
    cacheWrite5m: short,
    cacheWrite1h: long,
    output: numberOrNull(usage['output_tokens']),
    reasoning: numberOrNull(record(usage['output_tokens_details'])['thinking_tokens']),
  });
  const tools = record(usage['server_tool_use']);
  putUnit(draft, 'web_search', numberOrNull(tools['web_search_requests']));
  // Fetching is free, tokens apart.
  putUnit(draft, 'code_session', numberOrNull(tools['code_execution_requests']));
  draft.tier = usage['speed'] === 'fast' ? 'fast' : (tierOf(usage['service_tier']) ?? draft.tier);
  const place = stringOrNull(usage['inference_geo']);
  if (place !== null && place !== 'not_available') draft.region = place;
}

/** Results of a batch, a message a line: all of them together, at the batch's price. */
export const anthropicBatch = modelReader({
  name: 'anthropic-batch',
  reads: (head) => head.method === 'GET' && /\/v1\/messages\/batches\/[^/]+\/results$/.test(head.path),
  values: ['result.type', 'result.message.model', 'result.message.usage'],
  estimates: false,
  unsure: true,
  begin(draft) {
    draft.tier = 'batch';
  },
  take(found, draft) {
    const usage = found.at('result.message.usage');
    if (usage === undefined) return;
    const one: Draft = { ...draft, tokens: null, units: {} };
    readAnthropicUsage(record(usage), one);
    addUp(draft, one, stringOrNull(found.at('result.message.model')));
  },
  finish: endBatch,
});

/** Adds what one of a batch used to what the others did. */
export function addUp(draft: Draft, one: Draft, model: string | null): void {
  draft.known = true;
  draft.said = 'all';
  if (draft.model !== null && model !== null && model !== draft.model)
    draft.problem = 'The batch has several models, so it cannot be priced as one.';
  draft.model = model ?? draft.model;
  if (one.tokens !== null) {
    const sums: Tokens = { ...(draft.tokens ?? NO_TOKENS) };
    for (const key of Object.keys(sums) as (keyof Tokens)[]) sums[key] = sumOf(sums[key], one.tokens[key]);
    draft.tokens = sums;
  }
  for (const [unit, quantity] of Object.entries(one.units)) draft.units[unit] = (draft.units[unit] ?? 0) + quantity;
}

/** Of results that did not come whole the sum is of a part. */
export function endBatch(draft: Draft, { end }: { end: ReadingEnd }): void {
  if (draft.said === 'all' && (end.cut || end.missed)) draft.said = 'some';
}
