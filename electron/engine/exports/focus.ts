import type { Picture } from '../analytics/picture/picture.ts';
import type { VendorCategory } from '../../../shared/model/vendor.ts';
import { isoTimestamp } from '../../../shared/format/times.ts';
import type { SpendingSum } from '../store/picture-rows.ts';
import { dollarsOf } from './decimal-money.ts';
import type { ExportQuestion } from './export-question.ts';
import { writeCsv } from './register.ts';
import { byText } from './survey.ts';

const DAY = 86_400_000_000;

/**
 * Columns of FOCUS 1.0 (FinOps Open Cost and Usage Specification), in its order by name, then ours under `x_`, as it says
 * for columns of one's own. Empty: not known here; only a bill knows it.
 */
const COLUMNS = [
  ...['AvailabilityZone', 'BilledCost', 'BillingAccountId', 'BillingAccountName', 'BillingCurrency'],
  ...['BillingPeriodEnd', 'BillingPeriodStart', 'ChargeCategory', 'ChargeClass', 'ChargeDescription'],
  ...['ChargeFrequency', 'ChargePeriodEnd', 'ChargePeriodStart', 'CommitmentDiscountCategory'],
  ...['CommitmentDiscountId', 'CommitmentDiscountName', 'CommitmentDiscountStatus', 'CommitmentDiscountType'],
  ...['ConsumedQuantity', 'ConsumedUnit', 'ContractedCost', 'ContractedUnitPrice', 'EffectiveCost'],
  ...['InvoiceIssuerName', 'ListCost', 'ListUnitPrice', 'PricingCategory', 'PricingQuantity', 'PricingUnit'],
  ...['ProviderName', 'PublisherName', 'RegionId', 'RegionName', 'ResourceId', 'ResourceName', 'ResourceType'],
  ...['ServiceCategory', 'ServiceName', 'SkuId', 'SkuPriceId', 'SubAccountId', 'SubAccountName', 'Tags'],
  ...['x_App', 'x_CacheReadTokens', 'x_Calls', 'x_CostProvenance', 'x_Host', 'x_InputTokens', 'x_Model'],
  ...['x_OutputTokens', 'x_UnpricedCalls', 'x_VendorId'],
] as const;

/** FOCUS’s service categories; what has none there is “Other”. */
const CATEGORIES: Partial<Record<VendorCategory, string>> = {
  ai: 'AI and Machine Learning',
  analytics: 'Analytics',
  cloud: 'Compute',
  collaboration: 'Business Applications',
  commerce: 'Business Applications',
  crm: 'Business Applications',
  data: 'Analytics',
  database: 'Databases',
  'developer-tools': 'Developer Tools',
  hr: 'Business Applications',
  identity: 'Identity',
  infrastructure: 'Networking',
  media: 'Media',
  observability: 'Management and Governance',
  productivity: 'Business Applications',
  security: 'Security',
  'source-control': 'Developer Tools',
  storage: 'Storage',
  support: 'Business Applications',
};

type Row = Pick<
  SpendingSum,
  'calls' | 'costNanoUsd' | 'pricedCalls' | 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'tokenCalls'
> & { sum: SpendingSum; vendor: string; service: string | null };

const TURN = 2000;

/** Metered calls by day, API, app, model and tags; null when there are none. Days are those of UTC. */
export function* writeFocus(
  picture: Picture,
  spending: readonly SpendingSum[],
  asked: Pick<ExportQuestion, 'vendor' | 'service' | 'app'>,
): Generator<void, { content: string; unpriced: number } | null> {
  const rows = new Map<string, Row>();
  let seen = 0;
  for (const sum of spending) {
    if (++seen % TURN === 0) yield;
    const found = picture.recognise(sum.host);
    if (found === null || (asked.vendor !== undefined && found.vendor.id !== asked.vendor)) continue;
    if (asked.app !== undefined && (sum.app ?? '') !== asked.app) continue;
    const id = `${found.vendor.id}/${found.service?.id ?? sum.host}`;
    if (asked.service !== undefined && ![id, found.service?.id, sum.host].includes(asked.service)) continue;
    const day = Math.floor(sum.start / DAY) * DAY;
    const tags = Object.entries(sum.tags).sort(([a], [b]) => byText(a, b));
    const key = JSON.stringify([day, sum.host, sum.app, sum.model, sum.provenance, tags]);
    const row = rows.get(key);
    if (row === undefined)
      rows.set(key, {
        calls: sum.calls,
        costNanoUsd: sum.costNanoUsd,
        pricedCalls: sum.pricedCalls,
        inputTokens: sum.inputTokens,
        outputTokens: sum.outputTokens,
        cacheReadTokens: sum.cacheReadTokens,
        tokenCalls: sum.tokenCalls,
        sum: { ...sum, start: day, tags: Object.fromEntries(tags) },
        vendor: found.vendor.id,
        service: found.service?.name ?? null,
      });
    else
      for (const name of [
        'calls',
        'costNanoUsd',
        'pricedCalls',
        'inputTokens',
        'outputTokens',
        'cacheReadTokens',
        'tokenCalls',
      ] as const)
        row[name] += sum[name];
  }
  if (rows.size === 0) return null;
  const sorted = [...rows].sort(([a], [b]) => byText(a, b)).map(([, row]) => row);
  return {
    content: writeCsv(
      COLUMNS,
      sorted.map((row) => {
        const cells = describe(picture, row);
        return COLUMNS.map((name) => cells[name] ?? null);
      }),
    ),
    unpriced: sorted.reduce((sum, { calls, pricedCalls }) => sum + calls - pricedCalls, 0),
  };
}

function describe(picture: Picture, row: Row): Partial<Record<(typeof COLUMNS)[number], string | number | null>> {
  const { sum, calls, pricedCalls, costNanoUsd, tokenCalls } = row;
  const vendor = picture.vendor(row.vendor);
  const tokens = tokenCalls > 0;
  return {
    BillingCurrency: 'USD',
    ChargeCategory: 'Usage',
    ChargeDescription: `${calls} calls${sum.model === null ? '' : ` of ${sum.model}`} to ${sum.host}`,
    ChargeFrequency: 'Usage-Based',
    ChargePeriodStart: isoTimestamp(sum.start),
    ChargePeriodEnd: isoTimestamp(sum.start + DAY),
    ConsumedQuantity: tokens ? row.inputTokens + row.outputTokens : calls,
    ConsumedUnit: tokens ? 'Tokens' : 'Requests',
    EffectiveCost: pricedCalls === 0 ? null : dollarsOf(costNanoUsd),
    ProviderName: vendor?.name ?? row.vendor,
    PublisherName: vendor?.company ?? vendor?.name ?? row.vendor,
    RegionId: picture.recognise(sum.host)?.region ?? null,
    ServiceCategory: CATEGORIES[vendor?.category ?? 'other'] ?? 'Other',
    ServiceName: row.service ?? sum.host,
    Tags: JSON.stringify(sum.tags),
    x_App: sum.app,
    x_CacheReadTokens: tokens ? row.cacheReadTokens : null,
    x_Calls: calls,
    x_CostProvenance: sum.provenance,
    x_Host: sum.host,
    x_InputTokens: tokens ? row.inputTokens : null,
    x_Model: sum.model,
    x_OutputTokens: tokens ? row.outputTokens : null,
    x_UnpricedCalls: calls - pricedCalls,
    x_VendorId: row.vendor,
  };
}
