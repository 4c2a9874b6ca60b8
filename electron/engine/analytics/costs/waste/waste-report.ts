import type { WASTES } from '../../../../../shared/contract/costs.ts';
import { formatMoney } from '../../../../../shared/format/money.ts';
import { countOf } from '../../../../../shared/format/quantities.ts';

/** One call that need not have been, or not so dear. */
export interface WastedCall {
  id: number;
  app: string | null;
  host: string;
  endpoint: string | null;
  method: string;
  model: string | null;
  /** What it cost that need not be; null when not known. */
  nanoUsd: number | null;
  says: string;
}

/** A call as what is wasted of it; `nanoUsd` as there. */
export function wasted(call: Omit<WastedCall, 'nanoUsd' | 'says'>, nanoUsd: number | null, says: string): WastedCall {
  const { id, app, host, endpoint, method, model } = call;
  return { id, app, host, endpoint, method, model, nanoUsd, says };
}

export interface Waste {
  kind: (typeof WASTES)[number];
  calls: number;
  nanoUsd: number | null;
  says: string;
  examples: { id: number; says: string }[];
  groups: { says: string; calls: number; nanoUsd: number | null; query: string }[];
}

const EXAMPLES = 20;
const GROUPS = 20;
/** A filter of more numbers is a page long. */
const MOST_IDS = 300;

/** Gathers what was found of one kind: the dearest calls as examples, and groups by app, endpoint and model. */
export function reportWaste(
  kind: Waste['kind'],
  found: readonly WastedCall[],
  says: (calls: number, nanoUsd: number | null) => string,
): Waste {
  const groups = new Map<string, WastedCall[]>();
  for (const call of found) {
    const name = JSON.stringify([call.app, call.host, call.endpoint, call.model]);
    const group = groups.get(name);
    if (group) group.push(call);
    else groups.set(name, [call]);
  }
  const nanoUsd = sumOf(found);
  return {
    kind,
    calls: found.length,
    nanoUsd,
    says: says(found.length, nanoUsd),
    examples: [...found]
      .sort(dearer)
      .slice(0, EXAMPLES)
      .map(({ id, says: why }) => ({ id, says: why })),
    groups: [...groups.values()]
      .map((calls) => ({ calls, nanoUsd: sumOf(calls) }))
      .sort((a, b) => dearer(a, b) || b.calls.length - a.calls.length)
      .slice(0, GROUPS)
      .map(({ calls, nanoUsd: cost }) => ({
        says: placeOf(calls[0]!),
        calls: calls.length,
        nanoUsd: cost,
        query: queryOf(calls),
      })),
  };
}

/** What is known of the costs; null when nothing is. */
export function sumOf(calls: readonly { nanoUsd: number | null }[]): number | null {
  let sum: number | null = null;
  for (const { nanoUsd } of calls) if (nanoUsd !== null) sum = (sum ?? 0) + nanoUsd;
  return sum;
}

function dearer(a: { nanoUsd: number | null }, b: { nanoUsd: number | null }): number {
  return (b.nanoUsd ?? -1) - (a.nanoUsd ?? -1);
}

function placeOf({ app, host, method, endpoint, model }: WastedCall): string {
  return `${app ?? 'unknown app'} → ${host} ${endpoint ?? method}${model === null ? '' : `, ${model}`}`;
}

/** Exactly these calls as a filter; of too many, those of their kind between the first and the last. */
function queryOf(calls: readonly WastedCall[]): string {
  const ids = calls.map(({ id }) => id).sort((a, b) => a - b);
  const runs: [from: number, to: number][] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    if (run && id === run[1] + 1) run[1] = id;
    else runs.push([id, id]);
  }
  if (runs.length <= MOST_IDS)
    return runs.map(([from, to]) => (from === to ? `id:${from}` : `id:${from}..${to}`)).join(' or ');
  const { app, host, endpoint, model } = calls[0]!;
  const is = (field: string, value: string | null): string =>
    value === null ? `-${field}:*` : `${field}:"${value.replace(/[\\"]/g, '\\$&')}"`;
  const kind = [is('host', host), is('app', app), is('endpoint', endpoint), is('model', model)];
  return `id:${ids[0]}..${ids.at(-1)} ${kind.join(' ')}`;
}

/** `3 calls, $1.20`; `3 calls, of unknown cost`. */
export function callsCost(calls: number, nanoUsd: number | null): string {
  return `${countOf(calls, 'call')}, ${nanoUsd === null ? 'of unknown cost' : formatMoney(nanoUsd)}`;
}
