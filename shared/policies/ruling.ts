import type { Decision, Policy } from '../model/policy.ts';
import type { CallRecord } from './call-record.ts';
import { decisionRows } from './decision-rows.ts';
import { ALLOWS, isOtherwise, type Entry } from './entry.ts';
import type { CallFacts } from './facts.ts';
import type { Ruling } from './governor.ts';
import type { Opinion } from './kind.ts';
import { OTHERWISE } from './otherwise.ts';

export const NOBODY_SPOKE: Ruling = Object.freeze({
  verdict: 'allow',
  policy: null,
  opinion: null,
  ask: null,
  spoke: [],
  decisions: () => [],
});

/** Of a call that is or was held: with copies, to be read whenever. `item`: place of the policy that decided. */
export function heldRuling(record: CallRecord, verdict: Ruling['verdict'], item: number, version: number): Ruling {
  const entry = record.items[item] ?? null;
  const opinions = record.opinions ?? [];
  const copies = opinions.slice();
  const spoke = record.items.flatMap(({ policy }, i) => {
    const opinion = copies[i] ?? ALLOWS;
    return policy.id === OTHERWISE && opinion.verdict === 'allow' ? [] : [{ policy, opinion }];
  });
  return {
    verdict,
    policy: entry?.policy ?? null,
    opinion: copies[item] ?? null,
    spoke,
    ask: verdict === 'ask' ? { until: record.until, otherwise: entry?.rule.ask?.otherwise ?? 'deny' } : null,
    decisions: () => decisionRows(record.items, (i) => copies[i] ?? ALLOWS, record.facts, version),
  };
}

/** One for each call: a class, because closures for a million of them would cost more than deciding. */
export class LazyRuling implements Ruling {
  readonly ask = null;
  readonly verdict: 'allow' | 'deny';
  readonly policy: Policy | null;
  readonly opinion: Opinion | null;
  readonly #facts: CallFacts;
  readonly #items: readonly Entry[];
  readonly #asked: number;
  readonly #askedNow: () => number;
  readonly #version: number;
  #rows: Decision[] | null = null;

  constructor(
    verdict: 'allow' | 'deny',
    policy: Policy | null,
    opinion: Opinion | null,
    facts: CallFacts,
    items: readonly Entry[],
    asked: number,
    askedNow: () => number,
    version: number,
  ) {
    this.verdict = verdict;
    this.policy = policy;
    this.opinion = opinion;
    this.#facts = facts;
    this.#items = items;
    this.#asked = asked;
    this.#askedNow = askedNow;
    this.#version = version;
  }

  get spoke(): readonly Entry[] {
    const items = this.#items;
    const last = items[items.length - 1] as Entry;
    return isOtherwise(last) && last.opinion.verdict === 'allow' ? items.slice(0, -1) : items;
  }

  decisions(): Decision[] {
    if (this.#rows !== null) return this.#rows;
    if (this.#askedNow() !== this.#asked) {
      throw new Error('A ruling was asked for its decisions after the governor had been asked of another call.');
    }
    const items = this.#items;
    this.#rows = decisionRows(items, (i) => (items[i] as Entry).opinion, this.#facts, this.#version);
    return this.#rows;
  }
}

/** Who let a call go: the first that enforces, else the first that spoke. */
export function decider(items: readonly Entry[]): Policy | null {
  for (let i = 0; i < items.length; i++) {
    const entry = items[i] as Entry;
    if (entry.enforces && !isOtherwise(entry)) return entry.policy;
  }
  return items[0]?.policy ?? null;
}
