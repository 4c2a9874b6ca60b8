import { compileJsonPaths, createJsonScan } from '../bytes/json-scan.ts';
import type { OperationHead } from '../endpoints/endpoints.ts';
import { operationOf } from '../endpoints/operation.ts';
import { headerValue } from '../events/header-lines.ts';
import type { Tier } from '../model/usage.ts';
import { deploymentOf, safeDecode } from '../vendors/openai/chat.ts';
import { tierOf } from '../vendors/usage/draft.ts';
import { COMMON_REQUEST } from '../vendors/usage/model-reading.ts';

/** What a request says of itself before it leaves. Null: it does not say, or what was read of it does not reach so far. */
export interface RequestAhead {
  model: string | null;
  /** Most tokens of output, all candidates together; 0 where nothing is written. */
  maxOutput: number | null;
  /** It asks for an answer piece by piece. */
  streamed: boolean | null;
  /** An estimate, rather too many than too few; of requests that name a model. */
  inputTokens: number | null;
  tier: Tier | null;
  /** GraphQL, JSON-RPC, SOAP, AWS: as endpoints are named. */
  operation: string | null;
}

/** Where requests bound what is written, beside those that all readers look at. */
const BOUNDS = [
  ...COMMON_REQUEST.slice(1),
  'max_tokens_to_sample',
  'max_gen_len',
  'max_new_tokens',
  'textGenerationConfig.maxTokenCount',
  'options.num_predict',
] as const;
const CANDIDATES = ['n', 'best_of', 'candidateCount', 'generationConfig.candidateCount'] as const;
const PATHS = compileJsonPaths({
  values: ['model', 'modelId', 'stream', 'service_tier', ...BOUNDS, ...CANDIDATES],
});

/** Nothing is written there: it is only read. */
const READS_ONLY =
  /(?:\/(?:embeddings|embed|rerank|classify|moderations|count_tokens)|:(?:embedContent|batchEmbedContents|countTokens))$/;
const STREAMS = /(?::stream(?:GenerateContent|RawPredict)|\/(?:converse-stream|invoke-with-response-stream))$/;

/** A string this long, of these letters alone, is a file: a picture, sound, a document. */
const FILE = /"(?:data:[\w.+/-]{0,100}[;,])?[A-Za-z0-9+/=_,;\\-]{1024,}/g;

/**
 * Reads the beginning of a request’s body. `body`: one char a byte, its coding undone, cut anywhere; null: there is none, or
 * it was not read. `bytes`: how long all of it is; null: not known.
 */
export function readAhead(head: OperationHead, body: string | null, bytes: number | null): RequestAhead {
  const inPath = modelInPath(head.path);
  const ahead: RequestAhead = {
    model: inPath,
    maxOutput: READS_ONLY.test(head.path) ? 0 : null,
    streamed: STREAMS.test(head.path) ? true : null,
    inputTokens: null,
    tier: null,
    operation: operationOf(head, body),
  };
  if (body === null || body === '') return ahead;
  if (/^\s*multipart\/form-data/i.test(headerValue(head.requestLines, 'content-type') ?? '')) {
    ahead.model ??= /\bname="?model"?\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]{1,200})\r\n/.exec(body)?.[1] ?? null;
    return ahead;
  }
  if (!/^\s*[{[]/.test(body)) return ahead;

  let most: number | null = null;
  let candidates = 1;
  let whole = false;
  const scan = createJsonScan(
    PATHS,
    {
      value(path, value) {
        if (path === 'model' || path === 'modelId') {
          // At Azure and Bedrock the address says which it is.
          if (typeof value === 'string' && value !== '') ahead.model = inPath ?? value;
        } else if (path === 'stream') ahead.streamed ??= value === true;
        else if (path === 'service_tier') ahead.tier = tierOf(value);
        else if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return;
        else if ((CANDIDATES as readonly string[]).includes(path)) candidates = Math.max(candidates, value);
        else most = Math.max(most ?? 0, value);
      },
      ended(complete) {
        whole = complete;
      },
    },
    { valueLimit: 1024 },
  );
  scan.push(body);
  scan.end();
  ahead.maxOutput ??= most === null ? null : Math.ceil(most * candidates);
  if (whole && ahead.model !== null) ahead.streamed ??= false;
  const length = bytes ?? (whole ? body.length : null);
  if (ahead.model !== null && length !== null) ahead.inputTokens = estimateInput(body, Math.max(length, body.length));
  return ahead;
}

/** Prose in English has four to five letters a token, code three. */
const LETTERS_PER_TOKEN = 3;
/** Figures and signs, and bytes of letters that have several: prose needs fewer tokens of these, too. */
const SIGNS_PER_TOKEN = 2;
/** A picture in full detail, a page; and more for longer files. */
const TOKENS_PER_FILE = 2500;
const FILE_BYTES_PER_TOKEN = 40;
/** Of base64, figures and signs. */
const SIGNS_IN_FILES = 12 / 64;

/**
 * Tokens that a request is, from its bytes. High on purpose: what surrounds texts in JSON counts with them. Long strings of
 * letters without a pause that are no file (keys, hashes) can still be more. What was not read counts as the densest text.
 */
function estimateInput(read: string, bytes: number): number {
  let files = 0;
  let fileBytes = 0;
  for (const [file] of read.matchAll(FILE)) {
    files += 1;
    fileBytes += file.length;
  }
  let letters = 0;
  /** Halves of tokens. */
  let signs = 0;
  for (let at = 0; at < read.length; at += 1) {
    const code = read.charCodeAt(at);
    if (code === 32 || (code >= 97 && code <= 122) || (code >= 65 && code <= 90)) letters += 1;
    // Letters of four bytes, emoji nearly all, can be three tokens.
    else signs += code >= 0xf0 ? 3 : 1;
  }
  // Files have more or fewer signs than most: what is missing on one side is too much on the other.
  const plain = letters - fileBytes * (1 - SIGNS_IN_FILES);
  const dense = signs - fileBytes * SIGNS_IN_FILES;
  const text =
    Math.max(0, plain + Math.min(0, dense)) / LETTERS_PER_TOKEN +
    Math.max(0, dense + Math.min(0, plain)) / SIGNS_PER_TOKEN;
  const rest = bytes > read.length ? (bytes - read.length) / SIGNS_PER_TOKEN : 0;
  return Math.ceil(text + rest) + files * TOKENS_PER_FILE + Math.ceil(fileBytes / FILE_BYTES_PER_TOKEN);
}

/** Azure names a deployment, Gemini and Bedrock the model, in the address. */
function modelInPath(path: string): string | null {
  const deployment = deploymentOf({ path });
  if (deployment !== null) return deployment;
  const google = /\/(?:models|tunedModels)\/([^/:]+):/.exec(path)?.[1];
  if (google !== undefined) return google;
  const bedrock = /^\/model\/([^/]+)\/(?:converse|invoke)/.exec(path)?.[1];
  if (bedrock === undefined) return null;
  const id = safeDecode(bedrock);
  return id.slice(id.lastIndexOf('/') + 1);
}
