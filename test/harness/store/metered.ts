import type { CallRecord } from '../../../shared/events/fold.ts';
import { templatePath } from '../../../shared/endpoints/template.ts';
import type { LimitSignal } from '../../../shared/model/limit-signal.ts';
import type { Metering } from '../../../shared/model/metering.ts';
import { UNMETERED } from '../../../shared/model/metering.ts';
import type { Cost } from '../../../shared/model/money.ts';
import type { Usage } from '../../../shared/model/usage.ts';
import { NO_TOKENS } from '../../../shared/model/usage.ts';
import type { Random } from './traffic.ts';

const MODELS = ['gpt-5-2025-08-07', 'gpt-5-mini-2025-08-07', 'text-embedding-3-small', 'gpt-4.1-2025-04-14'] as const;

/** What readers make of a call: endpoint, credential, and of a model's vendor also usage, cost and limits. */
export function makeMetering(record: CallRecord, random: Random): Metering {
  const llm = record.host === 'api.openai.com';
  return {
    ...UNMETERED,
    endpoint: `${record.method} ${templatePath(record.path)}`,
    credential: `Bearer ${['a1b2c3d4', 'e5f6a7b8', '0918fe2d'][record.id % 3]}`,
    apiVersion: /^\/(v\d+)\//.exec(record.path)?.[1] ?? null,
    ...(llm && record.status === 200 ? makeUsage(record, random) : {}),
    limits: llm
      ? {
          signals: [
            signal(record, random, 'requests', 10_000, 'x-ratelimit-remaining-requests'),
            signal(record, random, 'tokens', 2_000_000, 'x-ratelimit-remaining-tokens'),
          ],
          throttle: record.status === 429 ? 'vendor-rate' : null,
          retryAt: null,
        }
      : null,
  };
}

function signal(
  { startedAt }: CallRecord,
  random: Random,
  resource: 'requests' | 'tokens',
  limit: number,
  source: string,
): LimitSignal {
  const resetAt = startedAt + random.below(60_000_000);
  return { resource, unit: resource, limit, remaining: random.below(limit), resetAt, window: 60, source };
}

function makeUsage(record: CallRecord, random: Random): { usage: Usage; cost: Cost } {
  const model = MODELS[record.id % MODELS.length]!;
  const input = 200 + random.below(9000);
  const cached = random.below(2) === 0 ? 0 : Math.floor(input / 2);
  const output = 20 + random.below(1500);
  const reasoning = random.below(output);
  const lines: Cost['lines'] = (
    [
      ['input', input - cached, 1_250_000_000],
      ['cache_read', cached, 125_000_000],
      ['output', output - reasoning, 10_000_000_000],
      ['reasoning', reasoning, 10_000_000_000],
    ] as const
  ).map(([what, quantity, priceNanoUsd]) => ({
    what,
    quantity,
    priceNanoUsd,
    per: 'million',
    nanoUsd: Math.round((quantity * priceNanoUsd) / 1_000_000),
    ...(what === 'reasoning' && { pricedAs: 'output' }),
  }));
  return {
    usage: {
      reader: 'openai-chat',
      model,
      requestModel: model.replace(/-\d{4}.*/, ''),
      tier: 'standard',
      region: null,
      tokens: { ...NO_TOKENS, input, cacheRead: cached, output, reasoning },
      units: {},
      maxOutput: 4096,
      streamed: record.id % 2 === 0,
      cut: false,
      provenance: 'reported',
      vendorNanoUsd: null,
      raw: `{"prompt_tokens":${input},"completion_tokens":${output},"total_tokens":${input + output},"prompt_tokens_details":{"cached_tokens":${cached},"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":${reasoning},"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}`,
      problem: null,
    },
    cost: {
      nanoUsd: lines.reduce((sum, line) => sum + line.nanoUsd, 0),
      provenance: 'reported',
      price: `openai/${model}`,
      priceVersion: 'genai-prices 0.1.8',
      lines,
      vendorNanoUsd: null,
      why: null,
    },
  };
}
