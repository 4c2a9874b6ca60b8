import { headerValue } from '../../events/header-lines.ts';
import { numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import { decodeBase64 } from '../../bytes/base64.ts';
import { ANTHROPIC_TEXTS, ANTHROPIC_VALUES, takeAnthropic } from '../anthropic/messages.ts';
import type { ExchangeHead } from '../exchange.ts';
import { safeDecode } from '../openai/chat.ts';
import { readChatUsage } from '../openai/chat-usage.ts';
import type { Documents, DocumentSink } from '../usage/documents.ts';
import { readDocuments, wanted } from '../usage/documents.ts';
import type { Draft } from '../usage/draft.ts';
import { putTokens, sumOf, tierOf } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';

/** Converse and ConverseStream: a stream's `metadata` event has the usage. Input excludes the cache; ours includes it. */
export const bedrockConverse = modelReader({
  name: 'bedrock-converse',
  reads: (head) => head.method === 'POST' && /^\/model\/[^/]+\/converse(?:-stream)?$/.test(head.path),
  values: ['usage', 'stopReason', 'serviceTier.type', 'metrics.latencyMs'],
  texts: ['output', 'delta', 'start'],
  begin: beginAtBedrock,
  take(found, draft, event) {
    if (found.at('stopReason') !== undefined || event === 'messageStart' || event === 'contentBlockDelta')
      draft.known = true;
    if (found.at('stopReason') !== undefined) draft.finished = true;
    draft.tier = tierOf(found.at('serviceTier.type')) ?? draft.tier;
    if (found.at('usage') === undefined) return;
    const usage = record(found.at('usage'));
    const plain = numberOrNull(usage['inputTokens']);
    const read = numberOrNull(usage['cacheReadInputTokens']);
    const write = numberOrNull(usage['cacheWriteInputTokens']);
    putTokens(draft, {
      input: plain === null ? null : plain + (read ?? 0) + (write ?? 0),
      cacheRead: read,
      cacheWrite: write,
      output: numberOrNull(usage['outputTokens']),
    });
    draft.raw = usage;
    draft.said = 'all';
    if (event === 'metadata') draft.complete = true;
  },
});

/**
 * InvokeModel: the model's own shape of body (Anthropic's, chat completions', Titan's, Cohere's …); counts also stand in the
 * answer's header, and of a stream in the last event's metrics. Events hold the body's JSON in base64.
 */
export const bedrockInvoke = modelReader({
  name: 'bedrock-invoke',
  reads: (head) => head.method === 'POST' && /^\/model\/[^/]+\/invoke(?:-with-response-stream)?$/.test(head.path),
  values: [
    ...ANTHROPIC_VALUES,
    'bytes',
    'inputTextTokenCount',
    'amazon-bedrock-invocationMetrics',
    'results[].tokenCount',
    'prompt_token_count',
    'generation_token_count',
  ],
  texts: [...ANTHROPIC_TEXTS, 'generation', 'results', 'outputText', 'completion', 'choices'],
  begin: beginAtBedrock,
  answered(head, draft) {
    draft.counts = {
      input: countOf(head, 'x-amzn-bedrock-input-token-count'),
      output: countOf(head, 'x-amzn-bedrock-output-token-count'),
      cacheRead: countOf(head, 'x-amzn-bedrock-cache-read-input-token-count'),
      cacheWrite: countOf(head, 'x-amzn-bedrock-cache-write-input-token-count'),
    };
  },
  take(found, draft, _event, sink) {
    const bytes = stringOrNull(found.at('bytes'));
    if (bytes !== null) {
      readInner(bytes, sink);
      return;
    }
    const model = draft.model;
    const usage = record(found.at('usage'));
    if (usage['prompt_tokens'] !== undefined) readChatUsage(usage, draft, draft.host);
    else takeAnthropic(found, draft);
    // What prices go by is the id that was asked for: it has the region.
    draft.model = model;
    const counts = record(found.at('amazon-bedrock-invocationMetrics'));
    const input = sumOf(counts['inputTokenCount'] ?? found.at('inputTextTokenCount') ?? found.at('prompt_token_count'));
    const written = found.all('results[].tokenCount');
    const output = sumOf(counts['outputTokenCount'] ?? found.at('generation_token_count'), ...written);
    if (draft.said === 'all' || (input === null && output === null)) return;
    draft.known = true;
    putTokens(draft, {
      input:
        input === null
          ? null
          : input + (sumOf(counts['cacheReadInputTokenCount'], counts['cacheWriteInputTokenCount']) ?? 0),
      cacheRead: numberOrNull(counts['cacheReadInputTokenCount']),
      cacheWrite: numberOrNull(counts['cacheWriteInputTokenCount']),
      output: output ?? 0,
    });
    draft.raw ??= Object.keys(counts).length > 0 ? counts : null;
    draft.said = 'all';
  },
  finish(draft, { end }) {
    const { counts } = draft;
    if (draft.said === 'all' || counts === null || counts.input === null) return;
    putTokens(draft, {
      input: counts.input + (counts.cacheRead ?? 0) + (counts.cacheWrite ?? 0),
      cacheRead: counts.cacheRead,
      cacheWrite: counts.cacheWrite,
      output: counts.output ?? (end.cut ? null : 0),
    });
    draft.said = end.cut || end.missed ? 'some' : 'all';
  },
});

const innerPaths = wanted({
  values: [...ANTHROPIC_VALUES, 'amazon-bedrock-invocationMetrics'],
  texts: ANTHROPIC_TEXTS,
});

function readInner(base64: string, sink: DocumentSink): void {
  const inner: Documents | null = readDocuments('application/json', innerPaths, sink);
  inner?.push(decodeBase64(base64));
  inner?.end();
}

function countOf(head: ExchangeHead, name: string): number | null {
  const text = headerValue(head.responseLines, name);
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** Which model, and from where: the id in the address, `us.anthropic.claude-…`, alone or at the end of an ARN. */
function beginAtBedrock(draft: Draft, head: ExchangeHead): void {
  const id = safeDecode(/^\/model\/([^/]+)\//.exec(head.path)?.[1] ?? '');
  const name = id.slice(id.lastIndexOf('/') + 1);
  draft.requestModel = name === '' ? null : name;
  draft.model = draft.requestModel;
  draft.region = /^(us|us-gov|eu|apac|ap|au|ca|jp|sa|global)\./.exec(name)?.[1] ?? null;
}
