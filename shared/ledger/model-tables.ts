import type { ConditionalPrice, MatchLogic, ModelInfo, ModelPrice, Provider } from '@pydantic/genai-prices';
import { priceOf, type Price } from './amounts.ts';
import type { TokenLeaf } from './token-leaves.ts';

/** What a model costs at a moment: list prices, standard tier. */
export interface ModelRow {
  /** `openai/gpt-5`. */
  id: string;
  provider: string;
  model: string;
  /** Of a million, by leaf; what is missing has no price of its own. */
  leaves: Partial<Record<TokenLeaf, Price>>;
  /** By name of the unit. */
  units: Record<string, Price>;
}

/** The models' prices of `@pydantic/genai-prices`, as data; its arithmetic is not used. */
export interface ModelTables {
  version: string;
  /** Whose table a host is priced by; null when none lists it. */
  providerOf(call: { vendor: string; host: string; path: string }): string | null;
  /** The row of a model at a moment (microseconds since the epoch) for so many tokens read; null when it is not listed. */
  find(provider: string, model: string, at: number, inputTotal: number): ModelRow | null;
}

/** Kept in step with package.json by a test. */
export const TABLES_VERSION = 'genai-prices 0.1.8';

/** Loads the tables (half a megabyte, some 60 ms), once. Nothing is read or fetched but the package itself. */
export function loadModelTables(): Promise<ModelTables> {
  return (loading ??= import('@pydantic/genai-prices').then(async ({ waitForUpdate }) =>
    tablesOf((await waitForUpdate()) ?? []),
  ));
}
let loading: Promise<ModelTables> | null = null;

/** The catalogue's ids where the tables have other ones. */
const PROVIDER_OF_VENDOR: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  azure: 'azure',
  microsoft: 'azure',
  'azure-openai': 'azure',
  aws: 'aws',
  amazon: 'aws',
  cerebras: 'cerebras',
  cohere: 'cohere',
  deepseek: 'deepseek',
  fireworks: 'fireworks',
  'fireworks-ai': 'fireworks',
  google: 'google',
  'google-cloud': 'google',
  groq: 'groq',
  minimax: 'minimax',
  mistral: 'mistral',
  'mistral-ai': 'mistral',
  moonshot: 'moonshotai',
  moonshotai: 'moonshotai',
  novita: 'novita',
  openai: 'openai',
  openrouter: 'openrouter',
  perplexity: 'perplexity',
  together: 'together',
  'together-ai': 'together',
  voyage: 'voyageai',
  voyageai: 'voyageai',
  xai: 'x-ai',
  'x-ai': 'x-ai',
  zhipu: 'zhipuai',
  zhipuai: 'zhipuai',
};

/** Google's one pattern is all of googleapis.com: Maps and Drive are no models. */
const GOOGLE_MODELS = /^(?:generativelanguage|(?:[a-z0-9-]+-)?aiplatform)\./;
/** Regions have endpoints of their own, and so have some models of Amazon's. */
const BEDROCK = /^bedrock(?:-runtime|-mantle)?(?:-fips)?\./;
/** One host, and whose model it is stands in the path. */
const BY_PATH = /(?:^|\.)(?:huggingface\.co|cloudflare\.com)$/;
/** Newer than the patterns. */
const PROVIDER_OF_HOST: Readonly<Record<string, string>> = { 'api.together.ai': 'together' };

/** Whether models answer there; needs no tables. */
export function answersWithModels({ vendor, host }: { vendor: string; host: string }): boolean {
  const name = host.toLowerCase();
  const provider = PROVIDER_OF_HOST[name] ?? PROVIDER_OF_VENDOR[vendor];
  if (provider === 'google') return GOOGLE_MODELS.test(name);
  if (provider === 'aws') return BEDROCK.test(name);
  if (provider === 'azure') return /\.(?:openai|cognitiveservices|services\.ai)\.azure\./.test(name);
  return provider !== undefined;
}

const REMEMBERED = 4096;

function tablesOf(providers: readonly Provider[]): ModelTables {
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  const patterns = providers.map(({ id, api_pattern }) => [id, new RegExp(`^(?:${api_pattern})`)] as const);
  const regexes = new Map<string, RegExp>();
  const found = new Map<string, ModelInfo | null>();
  const providerOfHost = new Map<string, string | null>();

  const matches = (rule: MatchLogic, text: string): boolean => {
    if ('or' in rule) return rule.or.some((part) => matches(part, text));
    if ('and' in rule) return rule.and.every((part) => matches(part, text));
    if ('equals' in rule) return text === rule.equals.toLowerCase();
    if ('starts_with' in rule) return text.startsWith(rule.starts_with.toLowerCase());
    if ('ends_with' in rule) return text.endsWith(rule.ends_with.toLowerCase());
    if ('contains' in rule) return text.includes(rule.contains.toLowerCase());
    let regex = regexes.get(rule.regex);
    if (!regex) regexes.set(rule.regex, (regex = new RegExp(rule.regex)));
    return regex.test(text);
  };
  const lookUp = (provider: Provider, model: string): ModelInfo | null => {
    const own = provider.models.find((info) => matches(info.match, model));
    if (own) return own;
    for (const id of provider.fallback_model_providers ?? []) {
      const other = byId.get(id)?.models.find((info) => matches(info.match, model));
      if (other) return other;
    }
    return null;
  };
  const modelOf = (provider: Provider, model: string): ModelInfo | null => {
    const key = `${provider.id}\n${model}`;
    let info = found.get(key);
    if (info === undefined) {
      const name = model.toLowerCase().trim();
      info = lookUp(provider, name) ?? lookUp(provider, name.replace(/-(20\d\d)(\d\d)(\d\d)(?=-|:|$)/g, '-$1-$2-$3'));
      // Names come from answers of strangers.
      if (found.size >= REMEMBERED) found.clear();
      found.set(key, info);
    }
    return info;
  };

  return {
    version: TABLES_VERSION,
    providerOf({ vendor, host, path }) {
      const name = host.toLowerCase();
      const key = `${vendor} ${name}`;
      const known = providerOfHost.get(key);
      if (known !== undefined) return known;
      const remember = (id: string | null): string | null => {
        // Names come from strangers.
        if (providerOfHost.size >= REMEMBERED) providerOfHost.clear();
        if (!BY_PATH.test(name)) providerOfHost.set(key, id);
        return id;
      };
      if (Object.hasOwn(PROVIDER_OF_HOST, name)) return remember(PROVIDER_OF_HOST[name] ?? null);
      const url = `https://${name}${path}`;
      const id =
        (BEDROCK.test(name) && name.includes('.amazonaws.') ? 'aws' : undefined) ??
        patterns.find(([, pattern]) => pattern.test(url))?.[0] ??
        PROVIDER_OF_VENDOR[vendor] ??
        null;
      if (id !== 'google') return remember(id);
      return remember(GOOGLE_MODELS.test(name) || !name.endsWith('googleapis.com') ? id : null);
    },
    find(providerId, model, at, inputTotal) {
      const provider = byId.get(providerId);
      const info = provider && modelOf(provider, model);
      if (!info) return null;
      const prices = pricesAt(providerId, info, at);
      return (
        prices && { id: `${providerId}/${info.id}`, provider: providerId, model: info.id, ...read(prices, inputTotal) }
      );
    },
  };
}

/** The prices in force at a moment: the last of them whose condition holds. */
function pricesAt(provider: string, { prices }: ModelInfo, at: number): ModelPrice | null {
  if (!Array.isArray(prices)) return prices;
  const date = new Date(at / 1000);
  const day = date.toISOString();
  const second = (at / 1_000_000) % 86_400;
  for (let index = prices.length - 1; index >= 0; index -= 1) {
    const { constraint, prices: candidate } = prices[index] as ConditionalPrice;
    if (!constraint) return candidate;
    if ('start_date' in constraint) {
      if (day >= constraint.start_date) return candidate;
      continue;
    }
    // Hours of the day stand after the date from which on there are any; the tables cannot say both in one.
    const since = prices
      .slice(0, index)
      .findLast((earlier) => earlier.constraint && 'start_date' in earlier.constraint)?.constraint;
    if (since && 'start_date' in since && day < since.start_date) continue;
    if (since && provider === 'deepseek' && isFlatWeekend(at)) continue;
    const start = secondOf(constraint.start_time);
    const end = secondOf(constraint.end_time);
    if (end < start ? second >= start || second < end : second >= start && second < end) return candidate;
  }
  return prices[0]?.prices ?? null;
}

/** From 2026-08-23 on DeepSeek has no peak hours at weekends, by Beijing's clock (remark in the tables, which cannot say it). */
function isFlatWeekend(at: number): boolean {
  const beijing = new Date(at / 1000 + 8 * 3_600_000);
  const weekday = beijing.getUTCDay();
  return (weekday === 0 || weekday === 6) && beijing.toISOString() >= '2026-08-23';
}

/** `01:00:00Z`, `09:00:00+08:00` → second of the day in UTC. */
function secondOf(text: string): number {
  const [, hour, minute, second, sign, offsetHour, offsetMinute] =
    /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text) ?? [];
  const local = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const offset = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * 60;
  return (local - (sign === '-' ? -offset : offset) + 86_400) % 86_400;
}

const LEAF_OF_KEY: Readonly<Record<string, TokenLeaf>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cache_read',
  cache_audio_read_mtok: 'cache_read_audio',
  cache_write_mtok: 'cache_write',
  cache_write_1h_mtok: 'cache_write_1h',
  input_audio_mtok: 'audio_in',
  input_image_mtok: 'image_in',
  output_mtok: 'output',
  output_reasoning_mtok: 'reasoning',
  output_audio_mtok: 'audio_out',
  output_image_mtok: 'image_out',
};

const UNIT_OF_KEY: Readonly<Record<string, readonly [unit: string, of: number]>> = {
  web_searches_kcount: ['web_search', 1000],
  storage_searches_kcount: ['file_search', 1000],
  social_searches_kcount: ['social_search', 1000],
  requests_kcount: ['requests', 1000],
  rerank_searches_kcount: ['rerank_units', 1000],
  input_text_messages_kcount: ['text_messages', 1000],
  input_document_kpages: ['pages', 1000],
  input_annotated_document_kpages: ['annotated_pages', 1000],
  input_mchars: ['characters', 1_000_000],
  output_citation_mtok: ['citation_tokens', 1_000_000],
  input_audio_hours: ['audio_seconds', 3600],
  audio_hours: ['audio_seconds', 3600],
};

function read(prices: ModelPrice, inputTotal: number): Pick<ModelRow, 'leaves' | 'units'> {
  const leaves: ModelRow['leaves'] = {};
  const units: ModelRow['units'] = {};
  for (const [key, value] of Object.entries(prices)) {
    if (value === undefined) continue;
    // The whole request moves to the tier that its input reaches.
    const dollars =
      typeof value === 'number'
        ? value
        : (value.tiers.findLast((tier) => inputTotal > tier.start)?.price ?? value.base);
    const leaf = LEAF_OF_KEY[key];
    if (leaf) leaves[leaf] = priceOf(dollars, 1_000_000);
    const unit = UNIT_OF_KEY[key];
    if (unit) units[unit[0]] = priceOf(dollars, unit[1]);
  }
  return { leaves, units };
}
