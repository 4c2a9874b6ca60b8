import {
  formatQuantity,
  limitWords,
  partName,
  priceWords,
  provenanceSentence,
  throttleSentence,
} from '../../shared/format/metering-words.ts';
import { exactMoney } from '../../shared/format/money.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import type { Call } from '../../shared/model/call.ts';
import type { Cost } from '../../shared/model/money.ts';
import type { Usage } from '../../shared/model/usage.ts';
import { harmless, paint } from './terminal.ts';

/** What a call cost and used, and what its vendor said of limits; nothing of what there is nothing of. */
export function meteringText(call: Call): string[][] {
  const { cost, usage, limits } = call;
  const parts: string[][] = [];
  if (cost !== null) parts.push(costLines(cost));
  if (usage !== null) parts.push(usageLines(usage));
  if (limits !== null && (limits.signals.length > 0 || limits.throttle !== null)) {
    const { signals, throttle, retryAt } = limits;
    const width = Math.max(0, ...signals.map(({ resource }) => resource.length));
    parts.push([
      paint('bold', 'Limits'),
      ...(throttle === null ? [] : [`  ${throttleSentence(throttle)}`]),
      ...(retryAt === null ? [] : [`  It said to come back at ${isoTimestamp(retryAt)}.`]),
      ...signals.map((signal) => {
        const until = signal.resetAt === null ? '' : `, all of it again at ${isoTimestamp(signal.resetAt)}`;
        return harmless(`  ${signal.resource.padEnd(width)}  ${limitWords(signal)}${until}  (${signal.source})`);
      }),
    ]);
  }
  return parts;
}

function costLines({ nanoUsd, provenance, price, priceVersion, lines, vendorNanoUsd, why }: Cost): string[] {
  const cells = lines.map((line) => [
    partName(line.what),
    formatQuantity(line.quantity),
    `${priceWords(line)}${line.pricedAs === undefined ? '' : `, as ${partName(line.pricedAs)}`}`,
    exactMoney(line.nanoUsd),
  ]);
  const width = (column: number): number => Math.max(0, ...cells.map((row) => row[column]?.length ?? 0));
  const [names, counts, prices, sums] = [width(0), width(1), width(2), width(3)];
  return [
    `${paint('bold', 'Cost')}  ${provenance === 'estimated' ? '~' : ''}${exactMoney(nanoUsd)}${
      price === null ? '' : harmless(`  by ${price}${priceVersion === null ? '' : ` (${priceVersion})`}`)
    }`,
    ...(nanoUsd === null && why !== null ? [] : [`  ${provenanceSentence(provenance)}`]),
    ...(why === null ? [] : [harmless(`  ${why}`)]),
    ...cells.map(([name = '', count = '', each = '', sum = '']) =>
      harmless(`  ${name.padEnd(names)}  ${count.padStart(counts)} × ${each.padEnd(prices)}  ${sum.padStart(sums)}`),
    ),
    ...(vendorNanoUsd === null ? [] : [`  The vendor says it charged ${exactMoney(vendorNanoUsd)}.`]),
  ];
}

function usageLines(usage: Usage): string[] {
  const { model, requestModel, tier, region, tokens, units, maxOutput, cut, problem, reader } = usage;
  const about = [
    model ?? requestModel,
    model !== null && requestModel !== null && model !== requestModel ? `asked for as ${requestModel}` : null,
    tier === null ? null : `${tier} tier`,
    region,
    cut ? 'the answer was cut' : null,
    `read as ${reader}`,
  ];
  const total = (name: string, all: number | null, parts: readonly [string, number | null][]): string[] => {
    if (all === null) return [];
    const of = parts
      .filter(([, count]) => count !== null && count > 0)
      .map(([part, count]) => `${part} ${formatQuantity(count ?? 0)}`);
    return [`  ${name} ${formatQuantity(all)} tokens${of.length === 0 ? '' : `, of these ${of.join(', ')}`}`];
  };
  return [
    `${paint('bold', 'Usage')}  ${harmless(about.filter((part) => part !== null).join(', '))}`,
    ...(tokens === null
      ? []
      : [
          ...total('read', tokens.input, [
            ['from cache', tokens.cacheRead],
            ['into cache', tokens.cacheWrite],
            ['audio', tokens.audioIn],
            ['images', tokens.imageIn],
          ]),
          ...total('written', tokens.output, [
            ['reasoning', tokens.reasoning],
            ['audio', tokens.audioOut],
            ['images', tokens.imageOut],
          ]),
        ]),
    ...(maxOutput === null ? [] : [`  at most ${formatQuantity(maxOutput)} tokens of answer were allowed`]),
    ...Object.entries(units).map(([name, count]) => harmless(`  ${partName(name)} ${formatQuantity(count)}`)),
    ...(problem === null ? [] : [harmless(`  ${problem}`)]),
  ];
}
