import type { BacktestResult } from '../../../../shared/contract/policies.ts';
import type { Tags } from '../../../../shared/model/caller.ts';
import type { Policy } from '../../../../shared/model/policy.ts';
import type { PolicySet } from '../../../../shared/policies/governor.ts';
import { createGovernor } from '../../../../shared/policies/create-governor.ts';
import type { Kind } from '../../../../shared/policies/kind.ts';
import { KINDS } from '../../../../shared/policies/kinds.ts';
import type { HistoryReader } from '../../store/history-rows.ts';
import type { Recorded } from './kept-history.ts';
import { seededRandom } from './seeded-random.ts';
import { createSimulation } from './simulate.ts';
import type { Simulation, SimulationOptions } from './simulate.ts';
import { createTally } from './tally.ts';
import type { Names, Tally } from './tally.ts';
import { unknownsOfHistory, unknownsOfPolicy } from './unknowns.ts';

export interface RunOptions {
  since: number;
  until: number;
  callers: 'as-recorded' | 'retry';
}

/** Calls that are taken in one go, before others get their turn. */
const SLICE = 2048;
const STEPS = 60;

/** Several sets of policies over the same calls, side by side in one pass. Yields how many calls are done. */
export function* runPolicies(
  recorded: Recorded,
  reader: HistoryReader,
  sets: readonly PolicySet[],
  options: RunOptions,
): Generator<number, BacktestResult[][]> {
  const { history, callerOf, beside, from, to } = recorded;
  const span = stepsOf(recorded, options);
  const runs = sets.map((given) => {
    const set = asIfInForce(given);
    const kinds = kindsFor(set);
    const tallies = set.policies.map((policy) =>
      createTally(policy, history, span, (row, waitUs) => spared(recorded, row, waitUs)),
    );
    const simulation = createSimulation({
      history,
      callerOf,
      beside,
      set,
      tallies,
      needs: needsOf(set, kinds),
      callers: options.callers,
      random: seededRandom(1),
      createGovernor: (policies, around) => createGovernor(policies, around, undefined, kinds),
    });
    return { set, tallies, simulation, tookMs: 0, looked: { headers: 0, details: 0, gone: 0 } };
  });
  for (let at = from; at < to; at += SLICE) {
    for (const run of runs) timed(run, beside, () => run.simulation.run(at, Math.min(to, at + SLICE)));
    yield Math.min(to, at + SLICE) - from;
  }
  for (const run of runs) timed(run, beside, () => run.simulation.finish());
  const unknowns = unknownsOfHistory(recorded, reader, options);
  const nameOf = namesOf(recorded, reader);
  return runs.map(({ set, tallies, tookMs, looked }, index) =>
    tallies.map((tally, place) =>
      tally.result({
        evaluated: to - from,
        unknowns: [...unknownsOfPolicy(sets[index]!.policies[place] ?? set.policies[place]!, looked), ...unknowns],
        tookMs,
        nameOf,
      }),
    ),
  );
}

interface Run {
  simulation: Simulation;
  tookMs: number;
  looked: { headers: number; details: number; gone: number };
  tallies: readonly Tally[];
}

function timed(run: Run, beside: Recorded['beside'], work: () => void): void {
  const begin = performance.now();
  beside.reset();
  work();
  for (const what of ['headers', 'details', 'gone'] as const) run.looked[what] += beside.looked[what];
  run.tookMs += performance.now() - begin;
}

/**
 * One policy alone is tried as if it enforced: the question is what it would do. Of several, each in its own mode, so that
 * they meet as they would; what is off is taken to observe.
 */
function asIfInForce(set: PolicySet): PolicySet {
  const alone = set.policies.length === 1;
  const policies = set.policies.map((policy): Policy => ({
    ...policy,
    mode: alone ? 'enforce' : policy.mode === 'off' ? 'observe' : policy.mode,
    // A policy that has run out since is tried all the same.
    expiresAt: null,
  }));
  return { ...set, policies };
}

/** Where one policy is alone and connections are not asked about, every call that it lets go leaves. */
function kindsFor(set: PolicySet): typeof KINDS {
  if (set.policies.length > 1 || set.otherwise === 'deny') return KINDS;
  return Object.fromEntries(
    Object.entries(KINDS).map(([name, kind]) => [
      name,
      {
        ...kind,
        create: (policy, settings, around) => kind.create(policy, settings, { ...around, allLeave: true }),
      } satisfies Kind<unknown>,
    ]),
  );
}

/** What rules need of calls beyond their facts. A rule that cannot be made is told of when it is asked. */
export function needsOf(set: PolicySet, kinds: typeof KINDS): SimulationOptions['needs'] {
  const needs = { signals: false, connection: false, progress: false, units: false, ends: false };
  for (const policy of set.policies) {
    const around = { zone: set.zone, random: () => 0.5, alerted() {} };
    try {
      const rule = kinds[policy.kind]?.create(policy, policy.settings, around);
      if (!rule) continue;
      needs.signals ||= rule.needs.signals === true;
      needs.connection ||= rule.needs.connection === true;
      needs.progress ||= rule.needs.progress === true;
      needs.ends ||= rule.ended !== undefined || rule.metered !== undefined || rule.heard !== undefined;
    } catch {
      // The governor says so.
    }
    const { settings } = policy;
    if (typeof settings === 'object' && settings !== null && 'unit' in settings && settings.unit !== null)
      needs.units = true;
  }
  return needs;
}

function stepsOf({ history, from, to }: Recorded, { since, until }: RunOptions) {
  const first = to > from ? history.at[history.order[from]!]! : since;
  const last = to > from ? history.at[history.order[to - 1]!]! : since;
  // Of spans that reach further than the calls, only where there are calls.
  const begin = Math.max(since, first);
  const end = Math.max(begin + 1, Math.min(until, last + 1));
  const step = Math.max(1_000_000, Math.ceil((end - begin) / STEPS / 1_000_000) * 1_000_000);
  return { since: begin, step, steps: Math.max(1, Math.ceil((end - begin) / step)) };
}

/** Whether the vendor would have taken a call so much later, by what it said when it refused it. */
function spared({ history, beside }: Recorded, row: number, waitUs: number): boolean | null {
  const limits = beside.details(history.id[row]!, history.at[row]!)?.limits;
  const resets = limits?.signals.flatMap(({ resetAt, remaining }) =>
    resetAt !== null && remaining === 0 ? [resetAt] : [],
  );
  const from = limits?.retryAt ?? (resets && resets.length > 0 ? Math.max(...resets) : null);
  return from === null ? null : history.at[row]! + waitUs >= from;
}

function namesOf({ history, callerOf }: Recorded, reader: HistoryReader): Names {
  return {
    app: (combination) => callerOf(combination).app,
    endpoint(combination) {
      const { endpoint, host, method } = callerOf(combination);
      return endpoint === null ? `${method} ${host}`.trim() : `${endpoint} (${host})`;
    },
    feature(label) {
      const text = reader.word(history.labels.wordOf(label));
      return text === '' ? null : ((JSON.parse(text) as Tags)['feature'] ?? null);
    },
    callSite: (site) => reader.word(history.sites.wordOf(site)).split('\n')[1] || null,
  };
}
