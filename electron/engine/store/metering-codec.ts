import type { LimitReading, LimitSignal } from '../../../shared/model/limit-signal.ts';
import type { Deprecation, Metering } from '../../../shared/model/metering.ts';
import type { Cost, CostLine, Provenance } from '../../../shared/model/money.ts';
import type { Tier, Tokens, Usage } from '../../../shared/model/usage.ts';

/**
 * What was read out of a call, as it lies among its details: JSON without names, in the order below. It lies in a compressed
 * page, so its size hardly counts; that it is whole does. Append only: what an older version wrote is shorter.
 */
type Packed = [
  apiVersion: string | null,
  deprecation: Deprecation | null,
  limits: PackedLimits | null,
  usage: PackedUsage | null,
  cost: PackedCost | null,
];

type PackedUsage = [
  reader: string,
  model: string | null,
  requestModel: string | null,
  tier: Tier | null,
  region: string | null,
  tokens: (number | null)[] | null,
  units: Readonly<Record<string, number>> | 0,
  maxOutput: number | null,
  flags: number,
  provenance: Provenance,
  vendorNanoUsd: number | null,
  raw: string | null,
  problem: string | null,
];

type PackedLine = [what: string, quantity: number, price: number, per: 0 | 1, nanoUsd: number, pricedAs?: string];
type PackedCost = [
  nanoUsd: number | null,
  provenance: Provenance,
  price: string | null,
  priceVersion: string | null,
  lines: PackedLine[],
  vendorNanoUsd: number | null,
  why: string | null,
];

/** Times after the call's start: smaller numbers. */
type PackedSignal = [
  resource: string,
  unit: LimitSignal['unit'],
  limit: number | null,
  remaining: number | null,
  resetsIn: number | null,
  window: number | null,
  source: string,
];
type PackedLimits = [signals: PackedSignal[], throttle: LimitReading['throttle'], retryIn: number | null];

const TOKENS = [
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioIn',
  'imageIn',
  'cacheReadAudio',
  'output',
  'reasoning',
  'audioOut',
  'imageOut',
] as const satisfies readonly (keyof Tokens)[];

/** Null when there is nothing to keep beside what the row has. */
export function packMetering(metering: Metering, startedAt: number): string | null {
  const { apiVersion, deprecation, limits, usage, cost } = metering;
  if (apiVersion === null && deprecation === null && limits === null && usage === null && cost === null) return null;
  return JSON.stringify([
    apiVersion,
    deprecation,
    limits && packLimits(limits, startedAt),
    usage && packUsage(usage),
    cost && packParts(cost),
  ] satisfies Packed);
}

/** The opposite, without what the row has. */
export function readMetering(text: string, startedAt: number): Omit<Metering, 'endpoint' | 'credential'> {
  const [apiVersion = null, deprecation = null, limits = null, usage = null, cost = null] = JSON.parse(
    text,
  ) as Partial<Packed>;
  return {
    apiVersion,
    deprecation,
    limits: limits && readLimits(limits, startedAt),
    usage: usage && readUsage(usage),
    cost: cost && readParts(cost),
  };
}

export function packCost(cost: Cost): string {
  return JSON.stringify(packParts(cost));
}

export function readCost(text: string): Cost {
  return readParts(JSON.parse(text) as PackedCost);
}

function packUsage(usage: Usage): PackedUsage {
  const { tokens, units } = usage;
  return [
    usage.reader,
    usage.model,
    usage.requestModel,
    usage.tier,
    usage.region,
    tokens && TOKENS.map((name) => tokens[name]),
    Object.keys(units).length === 0 ? 0 : units,
    usage.maxOutput,
    (usage.streamed ? 1 : 0) | (usage.cut ? 2 : 0),
    usage.provenance,
    usage.vendorNanoUsd,
    usage.raw,
    usage.problem,
  ];
}

function readUsage(packed: PackedUsage): Usage {
  const [reader, model, requestModel, tier, region, tokens, units, maxOutput, flags, provenance, vendorNanoUsd, raw] =
    packed;
  return {
    reader,
    model,
    requestModel,
    tier,
    region,
    tokens:
      tokens && (Object.fromEntries(TOKENS.map((name, index) => [name, tokens[index] ?? null])) as unknown as Tokens),
    units: units === 0 ? {} : units,
    maxOutput,
    streamed: (flags & 1) !== 0,
    cut: (flags & 2) !== 0,
    provenance,
    vendorNanoUsd,
    raw,
    problem: packed[12],
  };
}

function packParts(cost: Cost): PackedCost {
  return [
    cost.nanoUsd,
    cost.provenance,
    cost.price,
    cost.priceVersion,
    cost.lines.map(({ what, quantity, priceNanoUsd, per, nanoUsd, pricedAs }): PackedLine => {
      const code = per === 'one' ? 1 : 0;
      return pricedAs === undefined
        ? [what, quantity, priceNanoUsd, code, nanoUsd]
        : [what, quantity, priceNanoUsd, code, nanoUsd, pricedAs];
    }),
    cost.vendorNanoUsd,
    cost.why,
  ];
}

function readParts([nanoUsd, provenance, price, priceVersion, lines, vendorNanoUsd, why]: PackedCost): Cost {
  return {
    nanoUsd,
    provenance,
    price,
    priceVersion,
    lines: lines.map(([what, quantity, priceNanoUsd, per, lineNanoUsd, pricedAs]): CostLine => ({
      what,
      quantity,
      priceNanoUsd,
      per: per === 1 ? 'one' : 'million',
      nanoUsd: lineNanoUsd,
      ...(pricedAs === undefined ? {} : { pricedAs }),
    })),
    vendorNanoUsd,
    why,
  };
}

function packLimits({ signals, throttle, retryAt }: LimitReading, startedAt: number): PackedLimits {
  return [
    signals.map(({ resource, unit, limit, remaining, resetAt, window, source }) => [
      resource,
      unit,
      limit,
      remaining,
      after(resetAt, startedAt),
      window,
      source,
    ]),
    throttle,
    after(retryAt, startedAt),
  ];
}

function readLimits([signals, throttle, retryIn]: PackedLimits, startedAt: number): LimitReading {
  return {
    signals: signals.map(([resource, unit, limit, remaining, resetsIn, window, source]) => ({
      resource,
      unit,
      limit,
      remaining,
      resetAt: resetsIn === null ? null : startedAt + resetsIn,
      window,
      source,
    })),
    throttle,
    retryAt: retryIn === null ? null : startedAt + retryIn,
  };
}

function after(at: number | null, startedAt: number): number | null {
  return at === null ? null : at - startedAt;
}
