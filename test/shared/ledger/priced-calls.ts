import type { PricedCall } from '../../../shared/ledger/price-book.ts';
import { NO_TOKENS, type Tokens, type Usage } from '../../../shared/model/usage.ts';

/** A call to be priced: what the tests say, and the plainest rest. */
export function callOf(more: Partial<PricedCall> = {}): PricedCall {
  return {
    vendor: 'openai',
    service: 'api',
    host: 'api.openai.com',
    method: 'POST',
    path: '/v1/chat/completions',
    endpoint: 'POST /v1/chat/completions',
    status: 200,
    app: 'billing',
    credential: null,
    startedAt: Date.UTC(2026, 10, 20, 12) * 1000,
    usage: null,
    ...more,
  };
}

export function usageOf(model: string | null, tokens: Partial<Tokens> | null, more: Partial<Usage> = {}): Usage {
  return {
    reader: 'test',
    model,
    requestModel: model,
    tier: null,
    region: null,
    tokens: tokens && { ...NO_TOKENS, ...tokens },
    units: {},
    maxOutput: null,
    streamed: false,
    cut: false,
    provenance: 'reported',
    vendorNanoUsd: null,
    raw: null,
    problem: null,
    ...more,
  };
}

export const AT = {
  openai: { vendor: 'openai', host: 'api.openai.com' },
  anthropic: { vendor: 'anthropic', host: 'api.anthropic.com', path: '/v1/messages' },
  gemini: {
    vendor: 'google',
    host: 'generativelanguage.googleapis.com',
    path: '/v1beta/models/gemini-2.5-flash:generateContent',
  },
  xai: { vendor: 'xai', host: 'api.x.ai' },
  bedrock: { vendor: 'aws', host: 'bedrock-runtime.us-east-1.amazonaws.com', path: '/model/x/converse' },
  perplexity: { vendor: 'perplexity', host: 'api.perplexity.ai' },
  groq: { vendor: 'groq', host: 'api.groq.com' },
  openrouter: { vendor: 'openrouter', host: 'openrouter.ai', path: '/api/v1/chat/completions' },
  deepseek: { vendor: 'deepseek', host: 'api.deepseek.com' },
  cohere: { vendor: 'cohere', host: 'api.cohere.com' },
  mistral: { vendor: 'mistral', host: 'api.mistral.ai' },
} satisfies Record<string, Partial<PricedCall>>;
