import type { BacktestResult, Demand } from '../../../../shared/contract/policies.ts';
import type { Policy } from '../../../../shared/model/policy.ts';
import type { PolicySet, SavedCounters } from '../../../../shared/policies/governor.ts';
import type { QueryTree } from '../../../../shared/query/tree.ts';
import type { Declared } from '../../vendors/declared.ts';
import type { CachePoint } from './cache.ts';
import type { Progress } from './progress.ts';
import type { BadPolicies } from './read-candidate.ts';

/** Which recorded calls; the filter as a tree. `now`: when it is asked. Microseconds since the epoch. */
export interface Asked {
  since: number;
  until: number;
  tree: QueryTree | null;
  newest?: number | undefined;
  callers: 'as-recorded' | 'retry';
  now: number;
}

export interface BadWhatIf {
  problem: 'bad-what-if';
  why: string;
  remedy: string;
}

export interface SweepPoint {
  value: number;
  denied: number;
  delayed: number;
  delayP99Ms: number;
  savedNanoUsd: number | null;
  vendor429sAvoided: number;
}

/** Every question about what would have been, with its answer. */
export interface WhatIfs {
  backtest: [
    question: Asked & { candidates: readonly string[]; only?: string | undefined },
    answer: { results: BacktestResult[][] } | BadPolicies,
  ];
  sweep: [
    question: Asked & { policy: string; setting: string; from: number; to: number; steps: number },
    answer: { points: SweepPoint[]; knee: number | null } | BadPolicies | BadWhatIf,
  ];
  demand: [question: Asked & { policy: string }, answer: Demand | BadPolicies | BadWhatIf];
  recommend: [
    question: Asked & { policy: string; safety: number },
    answer: { text: string; limit: number; says: string[]; result: BacktestResult } | BadPolicies | BadWhatIf,
  ];
  price: [
    question: Asked & { vendor?: string | undefined; model?: string | undefined; factor: number },
    answer: { calls: number; unpricedCalls: number; nanoUsd: number; thenNanoUsd: number },
  ];
  /** Not of people: what counters of policies stand at. */
  warm: [
    question: {
      set: PolicySet;
      behind: readonly { policy: Policy; since: number }[];
      saved: SavedCounters;
      until: number;
    },
    answer: SavedCounters,
  ];
  cache: [question: Asked & { ttls: readonly number[] }, answer: { points: CachePoint[]; unknowns: string[] }];
}
export type WhatIfName = keyof WhatIfs;

export type AskWhatIf = {
  [Name in WhatIfName]: { id: number; name: Name; question: WhatIfs[Name][0] };
}[WhatIfName];

export type ToWhatIf =
  | AskWhatIf
  | { id: number; name: 'cancel' }
  | { id: 0; name: 'words'; appNames: Readonly<Record<string, string>>; declared: Declared; places: readonly string[] }
  | { id: 0; name: 'stop' };

export type FromWhatIf =
  | { id: number; answer: unknown }
  | { id: number; part: Progress }
  | { id: number; error: string }
  | { id: 0; ready: true }
  | { id: 0; refused: string };
