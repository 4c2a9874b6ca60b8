import type { LimitReading, LimitSignal } from '../../../shared/model/limit-signal.ts';
import type { Deprecation, Metering } from '../../../shared/model/metering.ts';
import type { Cost, CostLine, Provenance } from '../../../shared/model/money.ts';
import type { Tier, Tokens, Usage } from '../../../shared/model/usage.ts';
import { leaveOut, numbersOf, putBack } from './same-numbers.ts';

/**
 * What was read out of a call, as it lies among its details: JSON without names, in the order below. It lies in a compressed
 * page, where names and structure cost nothing and digits cost half a byte each: numbers that follow from others are left
 * out (`same-numbers.ts`). Append only: what an older version wrote is shorter.
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

/** A quantity below 0 is one of the numbers of the usage; an amount that is null is quantity times price. */
type PackedLine = [
  what: string,
  quantity: number,
  price: number,
  per: 0 | 1,
  nanoUsd: number | null,
  pricedAs?: string,
];
/** The amount: `=` is the sum of the lines. */
type PackedCost = [
  nanoUsd: number | null | '=',
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
  // Piece by piece, in the order of `Packed`: most are nothing, and costs of nothing are one and the same.
  const version = apiVersion === null ? 'null' : quoted(apiVersion);
  const end = deprecation === null ? 'null' : JSON.stringify(deprecation);
  const said = limits === null ? 'null' : limitsText(limits, startedAt);
  const used = usage === null ? 'null' : JSON.stringify(packUsage(usage));
  return `[${version},${end},${said},${used},${cost === null ? 'null' : costText(cost, usage)}]`;
}

/** Of costs that nobody can change any more. */
const costTexts = new WeakMap<Cost, string>();

function costText(cost: Cost, usage: Usage | null): string {
  if (usage !== null || !Object.isFrozen(cost))
    return JSON.stringify(packParts(cost, numbersOf(usage?.tokens ?? null)));
  let text = costTexts.get(cost);
  if (text === undefined) costTexts.set(cost, (text = JSON.stringify(packParts(cost, []))));
  return text;
}

/** The opposite, without what the row has. */
export function readMetering(text: string, startedAt: number): Omit<Metering, 'endpoint' | 'credential'> {
  const [apiVersion = null, deprecation = null, limits = null, usage = null, cost = null] = JSON.parse(
    text,
  ) as Partial<Packed>;
  const read = usage && readUsage(usage);
  return {
    apiVersion,
    deprecation,
    limits: limits && readLimits(limits, startedAt),
    usage: read,
    cost: cost && readParts(cost, numbersOf(read?.tokens ?? null)),
  };
}

export function packCost(cost: Cost): string {
  return JSON.stringify(packParts(cost, []));
}

export function readCost(text: string): Cost {
  return readParts(JSON.parse(text) as PackedCost, []);
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
    usage.raw === null ? null : leaveOut(usage.raw, numbersOf(tokens)),
    usage.problem,
  ];
}

function readUsage(packed: PackedUsage): Usage {
  const [reader, model, requestModel, tier, region, tokens, units, maxOutput, flags, provenance, vendorNanoUsd, raw] =
    packed;
  const said =
    tokens && (Object.fromEntries(TOKENS.map((name, index) => [name, tokens[index] ?? null])) as unknown as Tokens);
  return {
    reader,
    model,
    requestModel,
    tier,
    region,
    tokens: said,
    units: units === 0 ? {} : units,
    maxOutput,
    streamed: (flags & 1) !== 0,
    cut: (flags & 2) !== 0,
    provenance,
    vendorNanoUsd,
    raw: raw === null ? null : putBack(raw, numbersOf(said)),
    problem: packed[12],
  };
}

function packParts(cost: Cost, known: readonly number[]): PackedCost {
  return [
    cost.nanoUsd !== null && cost.nanoUsd === sumOf(cost.lines) ? '=' : cost.nanoUsd,
    cost.provenance,
    cost.price,
    cost.priceVersion,
    cost.lines.map(({ what, quantity, priceNanoUsd, per, nanoUsd, pricedAs }): PackedLine => {
      const code = per === 'one' ? 1 : 0;
      const at = known.indexOf(quantity);
      const times = at < 0 ? quantity : -1 - at;
      const amount = nanoUsd === amountOf(quantity, priceNanoUsd, code) ? null : nanoUsd;
      return pricedAs === undefined
        ? [what, times, priceNanoUsd, code, amount]
        : [what, times, priceNanoUsd, code, amount, pricedAs];
    }),
    cost.vendorNanoUsd,
    cost.why,
  ];
}

function readParts(packed: PackedCost, known: readonly number[]): Cost {
  const [nanoUsd, provenance, price, priceVersion, packedLines, vendorNanoUsd, why] = packed;
  const lines = packedLines.map(([what, times, priceNanoUsd, per, amount, pricedAs]): CostLine => {
    const quantity = times < 0 ? (known[-1 - times] ?? 0) : times;
    return {
      what,
      quantity,
      priceNanoUsd,
      per: per === 1 ? 'one' : 'million',
      nanoUsd: amount ?? amountOf(quantity, priceNanoUsd, per),
      ...(pricedAs === undefined ? {} : { pricedAs }),
    };
  });
  return {
    nanoUsd: nanoUsd === '=' ? sumOf(lines) : nanoUsd,
    provenance,
    price,
    priceVersion,
    lines,
    vendorNanoUsd,
    why,
  };
}

/** What is left out when it is this, whatever the rounding: both ways it is worked out here. */
function amountOf(quantity: number, price: number, per: 0 | 1): number {
  return Math.round(per === 1 ? quantity * price : (quantity * price) / 1_000_000);
}

function sumOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
}

/** As `PackedLimits` in JSON: they are on most answers of some vendors, and all but the figures repeat. */
function limitsText({ signals, throttle, retryAt }: LimitReading, startedAt: number): string {
  let text = '[[';
  for (let index = 0; index < signals.length; index += 1) {
    const { resource, unit, limit, remaining, resetAt, window, source } = signals[index]!;
    const figures = `${figure(limit)},${figure(remaining)},${figure(after(resetAt, startedAt))},${figure(window)}`;
    text += `${index === 0 ? '' : ','}[${quoted(resource)},"${unit}",${figures},${quoted(source)}]`;
  }
  return `${text}],${throttle === null ? 'null' : `"${throttle}"`},${figure(after(retryAt, startedAt))}]`;
}

/** JSON has no number for what is none. */
function figure(value: number | null): string {
  return value !== null && Number.isFinite(value) ? String(value) : 'null';
}

const quotes = new Map<string, string>();
const REMEMBERED = 2000;

function quoted(word: string): string {
  let text = quotes.get(word);
  if (text === undefined) {
    text = JSON.stringify(word);
    if (quotes.size >= REMEMBERED) quotes.clear();
    quotes.set(word, text);
  }
  return text;
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
