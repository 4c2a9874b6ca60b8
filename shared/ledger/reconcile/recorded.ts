import type { Provenance } from '../../model/money.ts';
import type { Usage } from '../../model/usage.ts';
import type { Category } from './bill.ts';

/** What was recorded of a model on a day. */
export interface RecordedDay {
  day: string;
  /** As an answer named it. */
  model: string | null;
  sums: Record<Category, number>;
  /** Calls without a known cost, worked-out ones, cut ones. */
  unpriced: number;
  estimated: number;
  estimatedTokens: number;
  batch: number;
  credentials: Set<string>;
  versions: Set<string>;
}

/** A call as the bill would count it. */
export interface RecordedCall {
  /** Microseconds. */
  startedAt: number;
  credential: string | null;
  usage: Usage | null;
  costNanoUsd: number | null;
  provenance: Provenance;
  priceVersion: string | null;
}

/** Adds calls up by day (UTC) and model. */
export function createRecorded(): {
  add(call: RecordedCall): void;
  days(): RecordedDay[];
} {
  const days = new Map<string, RecordedDay>();
  return {
    add({ startedAt, credential, usage, costNanoUsd, provenance, priceVersion }) {
      if (!usage) return;
      const day = new Date(startedAt / 1000).toISOString().slice(0, 10);
      const model = usage.model ?? usage.requestModel;
      const key = `${day}\n${plainModel(model)}`;
      let sum = days.get(key);
      if (!sum) {
        sum = {
          day,
          model,
          sums: { input: 0, output: 0, 'cache-read': 0, 'cache-write': 0, requests: 0, cost: 0 },
          unpriced: 0,
          estimated: 0,
          estimatedTokens: 0,
          batch: 0,
          credentials: new Set(),
          versions: new Set(),
        };
        days.set(key, sum);
      }
      const { tokens } = usage;
      sum.sums.input += tokens?.input ?? 0;
      sum.sums.output += tokens?.output ?? 0;
      sum.sums['cache-read'] += tokens?.cacheRead ?? 0;
      sum.sums['cache-write'] += tokens?.cacheWrite ?? 0;
      sum.sums.requests += 1;
      if (costNanoUsd === null) sum.unpriced += 1;
      else sum.sums.cost += costNanoUsd;
      if (provenance === 'estimated' || usage.cut) {
        sum.estimated += 1;
        sum.estimatedTokens += (tokens?.input ?? 0) + (tokens?.output ?? 0);
      }
      if (usage.tier === 'batch') sum.batch += 1;
      if (credential !== null) sum.credentials.add(credential);
      if (priceVersion !== null) sum.versions.add(priceVersion);
    },
    days: () => [...days.values()],
  };
}

/** Bills name models loosely: `Claude Sonnet 4.5`, `claude-sonnet-4-5-20250929`. Dates of snapshots make no difference. */
export function plainModel(model: string | null): string {
  return (model ?? '')
    .toLowerCase()
    .trim()
    .replace(/^(?:models\/|anthropic\/|openai\/)/, '')
    .replaceAll(/[\s._]+/g, '-')
    .replace(/-(?:20\d{6}|20\d\d-\d\d-\d\d)$/, '')
    .replace(/-(?:latest|v\d+(?::\d+)?)$/, '');
}
