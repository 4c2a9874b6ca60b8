import type { Tier } from '../model/usage.ts';
import type { Ratio } from './amounts.ts';

/**
 * Our own rows for what the model tables do not say: tiers of service, places of inference, prices by the picture, by the
 * request. List prices as remembered, to be verified: `checked` is the day somebody compared a row with the vendor's
 * page, null when nobody did.
 */
export interface OwnModelRow {
  /** Of the tables. */
  provider: string;
  /** With `*`; lower case. */
  model: string;
  /** First and last day, UTC. */
  from?: string;
  until?: string;
  tier?: Tier;
  /** Of the usage; with `!` in front: any but that. */
  region?: string;
  /** On the prices of all tokens. */
  times?: Ratio;
  /** Dollars for so many of a unit. */
  units?: Readonly<Record<string, readonly [dollars: number, of: number]>>;
  /** Only when the answer did not say tokens: what is sold by the token otherwise. */
  withoutTokens?: true;
  checked: string | null;
}

/** Of our own rows, and of our unit prices. */
export const OWN_VERSION = 'sallyport 2026-11';

const HALF: Ratio = [1, 2];

const batch = (provider: string, model = '*'): OwnModelRow => ({
  provider,
  model,
  tier: 'batch',
  times: HALF,
  checked: null,
});

const priority = (model: string, times: Ratio): OwnModelRow => ({
  provider: 'openai',
  model,
  tier: 'priority',
  times,
  checked: null,
});

export const OWN_MODELS: readonly OwnModelRow[] = [
  // Half price for answers within a day.
  batch('openai'),
  batch('azure'),
  batch('anthropic'),
  batch('google'),
  batch('aws'),
  batch('mistral'),
  batch('groq'),
  batch('together'),
  batch('fireworks'),
  // Flex: slower, at the batch price.
  { provider: 'openai', model: 'gpt-5*', tier: 'flex', times: HALF, checked: null },
  { provider: 'openai', model: 'o3', tier: 'flex', times: HALF, checked: null },
  { provider: 'openai', model: 'o4-mini', tier: 'flex', times: HALF, checked: null },
  { provider: 'aws', model: '*', tier: 'flex', times: HALF, checked: null },
  { provider: 'groq', model: '*', tier: 'flex', times: [1, 1], checked: null },
  // Priority: the price of the first row that fits.
  priority('gpt-5-mini', [18, 10]),
  priority('gpt-5', [2, 1]),
  priority('gpt-5.1*', [2, 1]),
  priority('gpt-5.2*', [2, 1]),
  priority('gpt-4.1', [175, 100]),
  priority('gpt-4.1-mini', [175, 100]),
  priority('gpt-4.1-nano', [2, 1]),
  priority('gpt-4o', [17, 10]),
  priority('gpt-4o-mini', [5, 3]),
  priority('o3', [175, 100]),
  priority('o4-mini', [20, 11]),
  { provider: 'aws', model: '*', tier: 'priority', times: [175, 100], checked: null },
  { provider: 'anthropic', model: 'claude-opus-4-6', tier: 'fast', times: [6, 1], checked: null },
  // Inference held in one country costs a tenth more.
  { provider: 'anthropic', model: 'claude-opus-4-6', region: 'us', times: [11, 10], checked: null },
  { provider: 'anthropic', model: 'claude-opus-4-7', region: 'us', times: [11, 10], checked: null },
  { provider: 'anthropic', model: 'claude-opus-4-8', region: 'us', times: [11, 10], checked: null },
  { provider: 'anthropic', model: 'claude-sonnet-4-6', region: 'us', times: [11, 10], checked: null },
  { provider: 'google', model: 'claude-*-4-5*', region: '!global', times: [11, 10], checked: null },
  { provider: 'google', model: 'claude-*-4-6*', region: '!global', times: [11, 10], checked: null },

  // Pictures by size and quality.
  {
    provider: 'openai',
    model: 'dall-e-3',
    units: {
      'images/1024x1024/standard': [0.04, 1],
      'images/1024x1792/standard': [0.08, 1],
      'images/1792x1024/standard': [0.08, 1],
      'images/1024x1024/hd': [0.08, 1],
      'images/1024x1792/hd': [0.12, 1],
      'images/1792x1024/hd': [0.12, 1],
    },
    checked: null,
  },
  {
    provider: 'openai',
    model: 'dall-e-2',
    units: {
      'images/1024x1024': [0.02, 1],
      'images/512x512': [0.018, 1],
      'images/256x256': [0.016, 1],
    },
    checked: null,
  },
  {
    provider: 'openai',
    model: 'gpt-image-1',
    withoutTokens: true,
    units: {
      'images/1024x1024/low': [0.011, 1],
      'images/1024x1536/low': [0.016, 1],
      'images/1536x1024/low': [0.016, 1],
      'images/1024x1024/medium': [0.042, 1],
      'images/1024x1536/medium': [0.063, 1],
      'images/1536x1024/medium': [0.063, 1],
      'images/1024x1024/high': [0.167, 1],
      'images/1024x1536/high': [0.25, 1],
      'images/1536x1024/high': [0.25, 1],
    },
    checked: null,
  },
  { provider: 'google', model: 'imagen-4.0-fast-generate*', units: { images: [0.02, 1] }, checked: null },
  { provider: 'google', model: 'imagen-4.0-ultra-generate*', units: { images: [0.06, 1] }, checked: null },
  { provider: 'google', model: 'imagen-4.0-generate*', units: { images: [0.04, 1] }, checked: null },
  { provider: 'google', model: 'imagen-3.0-fast-generate*', units: { images: [0.02, 1] }, checked: null },
  { provider: 'google', model: 'imagen-3.0-generate*', units: { images: [0.04, 1] }, checked: null },
  { provider: 'x-ai', model: 'grok-2-image*', units: { images: [0.07, 1] }, checked: null },

  // Speech by the character of the text.
  { provider: 'openai', model: 'tts-1', units: { characters: [15, 1_000_000] }, checked: null },
  { provider: 'openai', model: 'tts-1-1106', units: { characters: [15, 1_000_000] }, checked: null },
  { provider: 'openai', model: 'tts-1-hd*', units: { characters: [30, 1_000_000] }, checked: null },

  // A fee for each request, by how much of the web is read for it. The tables have the dearest only.
  {
    provider: 'perplexity',
    model: 'sonar',
    units: { 'requests/low': [5, 1000], 'requests/medium': [8, 1000], 'requests/high': [12, 1000] },
    checked: null,
  },
  {
    provider: 'perplexity',
    model: 'sonar-pro',
    units: { 'requests/low': [6, 1000], 'requests/medium': [10, 1000], 'requests/high': [14, 1000] },
    checked: null,
  },
  {
    provider: 'perplexity',
    model: 'sonar-reasoning-pro',
    units: { 'requests/low': [6, 1000], 'requests/medium': [10, 1000], 'requests/high': [14, 1000] },
    checked: null,
  },
  {
    provider: 'perplexity',
    model: 'sonar-reasoning',
    units: { 'requests/low': [5, 1000], 'requests/medium': [8, 1000], 'requests/high': [12, 1000] },
    checked: null,
  },

  // Searches are in the fee, but for the deep ones.
  { provider: 'perplexity', model: 'sonar', units: { web_search: [0, 1] }, checked: null },
  { provider: 'perplexity', model: 'sonar-pro', units: { web_search: [0, 1] }, checked: null },
  { provider: 'perplexity', model: 'sonar-reasoning*', units: { web_search: [0, 1] }, checked: null },

  // Tools that run at the vendor's.
  { provider: 'openai', model: '*', units: { code_session: [0.03, 1] }, checked: null },
  { provider: 'google', model: 'gemini-2*', units: { web_search: [35, 1000] }, checked: null },
  { provider: 'google', model: 'gemini-3*', units: { web_search: [14, 1000] }, checked: null },
  { provider: 'mistral', model: '*', units: { web_search: [30, 1000] }, checked: null },
  {
    provider: 'x-ai',
    model: '*',
    units: { web_search: [5, 1000], social_search: [5, 1000], live_search_sources: [25, 1000] },
    checked: null,
  },

  // One search ranks up to 100 documents.
  { provider: 'cohere', model: 'rerank-*', units: { rerank_units: [2, 1000] }, checked: null },
];
