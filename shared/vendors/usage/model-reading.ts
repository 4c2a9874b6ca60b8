import { headerValue } from '../../events/header-lines.ts';
import { numberOrNull, stringOrNull } from '../../llm/loose.ts';
import type { Usage } from '../../model/usage.ts';
import type { ExchangeHead } from '../exchange.ts';
import type { ReadingEnd, UsageReader, UsageReading } from '../usage-reader.ts';
import type { Documents, DocumentSink, Found, Wanted } from './documents.ts';
import { readDocuments, wanted } from './documents.ts';
import type { Draft } from './draft.ts';
import { findProblem, putTokens, startDraft } from './draft.ts';
import type { TextSample } from './texts.ts';
import { addText, emptySample, estimateTokens } from './texts.ts';

/** How one API of models says what was used; what is common to all of them is done here. */
export interface ModelDialect {
  name: string;
  reads(head: ExchangeHead): boolean;
  /** What is wanted of the answer's JSON texts. */
  values: readonly string[];
  /** Where the answer has what the model wrote. */
  texts?: readonly string[];
  /** What is wanted of the request beside `COMMON_REQUEST`. */
  requestValues?: readonly string[];
  /** False: nothing is guessed for it, since its texts are not what is charged for. */
  estimates?: false;
  /** Whether it is such a call only its answer tells: one that is not is charged nothing, however it ended. */
  unsure?: true;
  begin?(draft: Draft, head: ExchangeHead): void;
  request?(found: Found, draft: Draft): void;
  answered?(head: ExchangeHead, draft: Draft): void;
  /** `sink`: for JSON inside of JSON. */
  take(found: Found, draft: Draft, event: string | null, sink: DocumentSink): void;
  message?(direction: 'sent' | 'received', found: Found, draft: Draft): void;
  /** Last words: what follows of the request when the answer said nothing. */
  finish?(draft: Draft, given: { input: TextSample; output: TextSample; end: ReadingEnd }): void;
}

/** Where requests say what is common to nearly all. */
export const COMMON_REQUEST = [
  'model',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'generationConfig.maxOutputTokens',
  'inferenceConfig.maxTokens',
] as const;
const REQUEST_TEXTS = [
  'messages',
  'system',
  'prompt',
  'input',
  'instructions',
  'contents',
  'systemInstruction',
  'system_instruction',
  'tools',
  'content',
  'query',
  'documents',
  'texts',
  'toolConfig',
  'requests',
  'inputText',
];
/** Strings of requests that no model reads. */
const NO_TEXT = new Set([
  'role',
  'type',
  'id',
  'tool_use_id',
  'tool_call_id',
  'call_id',
  'url',
  'data',
  'media_type',
  'mimeType',
  'signature',
  'thoughtSignature',
  'encrypted_content',
  'detail',
  'file_id',
  'format',
  'bytes',
  'model',
]);
/** Strings of answers that a model wrote. */
const WRITTEN = new Set([
  'content',
  'text',
  'delta',
  'reasoning',
  'reasoning_content',
  'reasoningContent',
  'refusal',
  'arguments',
  'partial_json',
  'thinking',
  'name',
  'input',
  'outputText',
  'completion',
  'transcript',
  'args',
  'code',
]);

export function modelReader(dialect: ModelDialect): UsageReader {
  const answerPaths = wanted({ values: dialect.values, texts: dialect.texts ?? [] });
  const requestPaths = wanted({
    values: [...COMMON_REQUEST, ...(dialect.requestValues ?? [])],
    texts: REQUEST_TEXTS.filter((path) => !dialect.requestValues?.includes(path)),
  });
  return {
    name: dialect.name,
    reads: dialect.reads,
    start: (head) => startReading(dialect, head, requestPaths, answerPaths),
  };
}

function startReading(
  dialect: ModelDialect,
  head: ExchangeHead,
  requestPaths: Wanted,
  answerPaths: Wanted,
): UsageReading {
  const draft = startDraft(head.host);
  const input = emptySample();
  const output = emptySample();
  let status: number | null = null;
  let failed = false;
  let answer: Documents | null = null;
  const request = readDocuments(headerValue(head.requestLines, 'content-type'), requestPaths, {
    take(found) {
      draft.requestModel = stringOrNull(found.at('model')) ?? draft.requestModel;
      for (const path of COMMON_REQUEST.slice(1)) draft.maxOutput = numberOrNull(found.at(path)) ?? draft.maxOutput;
      dialect.request?.(found, draft);
    },
    text(_path, key, text, size) {
      if (!NO_TEXT.has(key)) addText(input, text, size, true);
    },
  });
  const form = createFormModel(headerValue(head.requestLines, 'content-type'));
  dialect.begin?.(draft, head);
  const sink: DocumentSink = {
    take(found: Found, event: string | null): void {
      if (status !== null && status >= 400) return;
      dialect.take(found, draft, event, sink);
    },
    text(_path: string, key: string, text: string, size: number): void {
      if (WRITTEN.has(key)) addText(output, text, size);
    },
    mark(): void {
      draft.complete = true;
    },
    failed(): void {
      failed = true;
    },
  };
  const socket = dialect.message
    ? readDocuments('application/json', answerPaths, {
        ...sink,
        take: (found) => dialect.message?.(direction, found, draft),
      })
    : null;
  let direction: 'sent' | 'received' = 'sent';
  let talked = false;

  function usage(end: ReadingEnd): Usage | null {
    const streamed = talked || (answer?.streamed ?? false);
    const endless = streamed && draft.known && draft.said !== 'all' && !draft.finished;
    const cut = !draft.complete && (end.cut || failed || endless);
    if (status !== null && (status >= 400 || (status >= 300 && status !== 304))) return null;
    dialect.finish?.(draft, { input, output, end });
    const { said } = draft;
    let provenance: Usage['provenance'] = 'reported';
    let { problem } = draft;
    if (draft.said !== 'all') {
      const seen = draft.known || output.total > 0;
      // A whole answer that is none of this dialect's, or none at all: nothing is known of it, and nothing is charged.
      if (!seen && ((!cut && !end.missed) || dialect.unsure)) return null;
      if (end.missed) {
        provenance = said === 'some' ? 'partial' : 'none';
        problem ??= 'The recorder could not take all of the answer in, so what was used was not seen.';
      } else if (draft.counted) provenance = 'estimated';
      else if (dialect.estimates === false) {
        provenance = said === 'some' ? 'partial' : 'none';
        problem ??= cut ? 'The answer ended before it said what was used.' : 'The answer does not say what was used.';
      } else {
        provenance = said === 'some' ? 'partial' : 'estimated';
        guess(end);
      }
    }
    problem ??= findProblem(draft.tokens, draft.units);
    const raw = draft.raw === null ? null : JSON.stringify(draft.raw);
    return {
      reader: dialect.name,
      model: draft.model,
      requestModel: draft.requestModel,
      tier: draft.tier,
      region: draft.region,
      tokens: draft.tokens,
      units: draft.units,
      maxOutput: draft.maxOutput,
      streamed,
      cut,
      provenance,
      vendorNanoUsd: draft.vendorNanoUsd,
      raw: raw !== null && raw.length > MOST_RAW ? null : raw,
      problem,
    };
  }

  /** Counts the texts for what the vendor did not say. What it did say stays. */
  function guess(end: ReadingEnd): void {
    const told = draft.tokens;
    if (told?.output === 0) draft.tokens = { ...told, output: null };
    const written = estimateTokens(output, end.countTokens);
    putTokens(draft, {
      input: told?.input ?? estimateTokens(input, end.countTokens),
      // Before anything was written nobody knows what would have been.
      output: Math.max(told?.output ?? 0, written) || null,
    });
  }

  return {
    request(piece) {
      request?.push(piece);
      form?.push(piece);
    },
    answered(answerHead) {
      ({ status } = answerHead);
      request?.end();
      draft.requestModel ??= form?.model() ?? null;
      dialect.answered?.(answerHead, draft);
      answer = readDocuments(headerValue(answerHead.responseLines, 'content-type'), answerPaths, sink);
    },
    response: (piece) => answer?.push(piece),
    message(way, text) {
      direction = way;
      talked = true;
      socket?.push(text);
      socket?.end();
    },
    end(end) {
      if (status === null) request?.end();
      answer?.end();
      return usage(end);
    },
  };
}

const MOST_RAW = 4000;

/** The field `model` of a multipart form, wherever it stands; files of any length pass by. */
function createFormModel(contentType: string | null): { push(piece: string): void; model(): string | null } | null {
  if (contentType === null || !/^\s*multipart\/form-data/i.test(contentType)) return null;
  let carry = '';
  let model: string | null = null;
  return {
    push(piece) {
      if (model !== null) return;
      const text = carry + piece;
      model = /name="?model"?[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\r\n]{1,200})\r?\n/i.exec(text)?.[1] ?? null;
      carry = text.slice(-600);
    },
    model: () => model,
  };
}
