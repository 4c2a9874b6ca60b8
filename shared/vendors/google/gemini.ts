import { list, numberOrNull, record, stringOrNull } from '../../llm/loose.ts';
import type { Loose } from '../../llm/loose.ts';
import type { ExchangeHead } from '../exchange.ts';
import { headerValue } from '../../events/header-lines.ts';
import type { Draft } from '../usage/draft.ts';
import { putTokens, putUnit, sumOf, tierOf } from '../usage/draft.ts';
import { modelReader } from '../usage/model-reading.ts';

/**
 * Gemini, at Google AI and on Vertex: whole, as server-sent events and as one long JSON list. Every part of a stream says
 * totals so far; the last counts. Thinking comes beside what was written, and what tools read beside the prompt.
 */
export const gemini = modelReader({
  name: 'gemini',
  reads: (head) => head.method === 'POST' && /:(?:streamG|g)enerateContent$/.test(head.path),
  values: [
    'modelVersion',
    'usageMetadata',
    'candidates[].finishReason',
    'candidates[].groundingMetadata.webSearchQueries',
    'promptFeedback.blockReason',
  ],
  texts: ['candidates'],
  begin: beginAtGoogle,
  answered(head, draft) {
    draft.tier = tierOf(headerValue(head.responseLines, 'x-gemini-service-tier')) ?? draft.tier;
  },
  take(found, draft) {
    const usage = found.at('usageMetadata');
    draft.model = stringOrNull(found.at('modelVersion')) ?? draft.model;
    const ended =
      found.all('candidates[].finishReason').some((reason) => typeof reason === 'string') ||
      typeof found.at('promptFeedback.blockReason') === 'string';
    if (ended || usage !== undefined) draft.known = true;
    if (ended) draft.finished = true;
    const queries = found.all('candidates[].groundingMetadata.webSearchQueries').flatMap((some) => list(some));
    // Older models charge for the prompt that was grounded, newer ones for each query.
    if (queries.length > 0) putUnit(draft, 'web_search', /gemini-[12]/.test(modelOf(draft)) ? 1 : queries.length);
    if (usage === undefined) return;
    readGeminiUsage(record(usage), draft);
    draft.said = draft.finished ? 'all' : 'some';
  },
  finish(draft, { end }) {
    // A stream that came to its end has said all, whether or not it gave a reason.
    if (draft.said === 'some' && !end.cut && !end.missed) draft.said = 'all';
  },
});

function modelOf({ model, requestModel }: Draft): string {
  return model ?? requestModel ?? '';
}

export function beginAtGoogle(draft: Draft, head: ExchangeHead): void {
  draft.requestModel = /\/(?:models|tunedModels)\/([^/:]+):/.exec(head.path)?.[1] ?? null;
  draft.region = /\/locations\/([^/]+)\//.exec(head.path)?.[1] ?? null;
}

function readGeminiUsage(usage: Loose, draft: Draft): void {
  const thoughts = numberOrNull(usage['thoughtsTokenCount']);
  const prompt = byModality(usage['promptTokensDetails'], usage['toolUsePromptTokensDetails']);
  const cached = byModality(usage['cacheTokensDetails']);
  const written = byModality(usage['candidatesTokensDetails'] ?? usage['responseTokensDetails']);
  putTokens(draft, {
    input: sumOf(usage['promptTokenCount'], usage['toolUsePromptTokenCount']),
    cacheRead: numberOrNull(usage['cachedContentTokenCount']),
    cacheReadAudio: cached('AUDIO'),
    audioIn: prompt('AUDIO'),
    imageIn: prompt('IMAGE'),
    // A prompt that was refused has no candidates, and nothing was written.
    output: sumOf(usage['candidatesTokenCount'], usage['responseTokenCount'], thoughts) ?? 0,
    reasoning: thoughts,
    audioOut: written('AUDIO'),
    imageOut: written('IMAGE'),
  });
  draft.raw = usage;
  draft.tier = tierOf(usage['serviceTier'] ?? usage['trafficType']) ?? draft.tier;
}

function byModality(...details: unknown[]): (modality: string) => number | null {
  const all = details.flatMap((one) => list(one)).map(record);
  return (modality) => sumOf(...all.filter((one) => one['modality'] === modality).map((one) => one['tokenCount']));
}

/** Embeddings and pictures of Google: what Vertex counts, else what was asked for is counted. */
export const googleEmbeddings = modelReader({
  name: 'google-embeddings',
  reads: (head) => head.method === 'POST' && /:(?:batchEmbedContents|embedContent)$/.test(head.path),
  values: ['usageMetadata', 'embedding.values', 'embeddings[].statistics'],
  requestValues: ['outputDimensionality'],
  begin: beginAtGoogle,
  answered(head, draft) {
    if (head.status === 200) draft.known = true;
  },
  take(found, draft) {
    const usage = record(found.at('usageMetadata'));
    const input = sumOf(usage['promptTokenCount']);
    if (input === null) return;
    putTokens(draft, { input, output: 0 });
    draft.raw = usage;
    draft.said = 'all';
  },
});

export const vertexPredict = modelReader({
  name: 'vertex-predict',
  reads: (head) =>
    head.method === 'POST' &&
    /\/publishers\/google\/models\/[^/]+:predict$|\/models\/imagen[^/]*:predict$/.test(head.path),
  values: [
    'predictions[].embeddings.statistics.token_count',
    'predictions[].mimeType',
    'metadata.billableCharacterCount',
  ],
  estimates: false,
  begin: beginAtGoogle,
  take(found, draft) {
    const counts = found.all('predictions[].embeddings.statistics.token_count');
    const pictures = found.all('predictions[].mimeType').length;
    if (counts.length > 0) putTokens(draft, { input: sumOf(...counts), output: 0 });
    else if (pictures > 0) putUnit(draft, 'images', pictures);
    else return;
    draft.known = true;
    draft.said = found.whole ? 'all' : 'some';
  },
});
