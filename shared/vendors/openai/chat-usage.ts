import { list, numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import type { Loose } from '../../llm/loose.ts';
import type { Found } from '../usage/documents.ts';
import type { Draft } from '../usage/draft.ts';
import { nanoOf, putTokens, putUnit, sumOf } from '../usage/draft.ts';

/**
 * The usage object of chat completions, and what others write into it: xAI and Perplexity count reasoning beside the
 * completion, DeepSeek has its own names for the cache, OpenRouter and Perplexity say what they charge.
 */
export function readChatUsage(usage: Loose, draft: Draft, host: string): void {
  const input = numberOrNull(usage['prompt_tokens']);
  const completion = numberOrNull(usage['completion_tokens']);
  if (input === null && completion === null && numberOrNull(usage['total_tokens']) === null) return;
  const prompt = record(usage['prompt_tokens_details']);
  const written = record(usage['completion_tokens_details']);
  const reasoning = numberOrNull(written['reasoning_tokens']) ?? numberOrNull(usage['reasoning_tokens']);
  putTokens(draft, {
    input: input ?? sumOf(usage['prompt_cache_hit_tokens'], usage['prompt_cache_miss_tokens']),
    cacheRead:
      numberOrNull(prompt['cached_tokens']) ??
      numberOrNull(usage['prompt_cache_hit_tokens']) ??
      numberOrNull(usage['cached_tokens']),
    cacheWrite: numberOrNull(prompt['cache_write_tokens']),
    audioIn: numberOrNull(prompt['audio_tokens']),
    imageIn: numberOrNull(prompt['image_tokens']),
    output:
      reasoning !== null && isBeside(usage, input ?? 0, completion ?? 0, reasoning, host)
        ? sumOf(completion, reasoning)
        : (completion ?? (input === null ? null : 0)),
    reasoning,
    audioOut: numberOrNull(written['audio_tokens']),
    imageOut: numberOrNull(written['image_tokens']),
  });
  draft.raw = usage;
  draft.said = 'all';
  putUnit(draft, 'citation_tokens', numberOrNull(usage['citation_tokens']));
  putUnit(draft, 'web_search', numberOrNull(usage['num_search_queries']));
  putUnit(draft, 'live_search_sources', numberOrNull(usage['num_sources_used']));
  const context = stringOrNull(usage['search_context_size']);
  if (context !== null && /^[a-z]{1,10}$/.test(context)) putUnit(draft, `requests/${context}`, 1);
  const tools = record(usage['server_side_tool_usage_details'] ?? usage['server_tool_use']);
  putUnit(draft, 'web_search', sumOf(tools['web_search_requests'], tools['web_search_calls']));
  putUnit(draft, 'social_search', numberOrNull(tools['x_search_calls']));
  const cost = readCost(usage, host);
  if (cost !== null) draft.vendorNanoUsd = cost;
}

/** Whether reasoning is counted beside the completion: the total tells, and where there is none, the vendor. */
function isBeside(usage: Loose, input: number, completion: number, reasoning: number, host: string): boolean {
  const total = numberOrNull(usage['total_tokens']);
  if (completion >= 0 && reasoning > completion) return true;
  if (total !== null && total === input + completion + reasoning) return true;
  if (total !== null && total === input + completion) return false;
  return isHostOf(host, 'x.ai') || isHostOf(host, 'perplexity.ai');
}

/** What it says it charged. Others' `cost` may be in credits of theirs. */
function readCost(usage: Loose, host: string): number | null {
  if (isHostOf(host, 'openrouter.ai')) return nanoOf(usage['cost']);
  if (isHostOf(host, 'perplexity.ai')) return nanoOf(record(usage['cost'])['total_cost']);
  const ticks = isHostOf(host, 'x.ai') ? numberOrNull(usage['cost_in_usd_ticks']) : null;
  // 10,000,000,000 ticks are a dollar.
  return ticks === null ? null : Math.round(ticks / 10);
}

export function isHostOf(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** Tools that run at the vendor, told by the items of an answer. */
export function countTools(types: readonly unknown[], draft: Draft): void {
  const of = (type: string): number => list(types).filter((one) => one === type).length;
  putUnit(draft, 'web_search', of('web_search_call'));
  putUnit(draft, 'file_search', of('file_search_call'));
  putUnit(draft, 'code_session', of('code_interpreter_call') > 0 ? 1 : 0);
  putUnit(draft, 'images', of('image_generation_call'));
}

/** The first that is there. */
export function firstAt(found: Found, ...paths: string[]): unknown {
  for (const path of paths) {
    const value = found.at(path);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}
