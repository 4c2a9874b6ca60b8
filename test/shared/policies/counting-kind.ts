import { z } from 'zod';
import type { Policy } from '../../../shared/model/policy.ts';
import type { Kind, Opinion, Rule } from '../../../shared/policies/kind.ts';
import { KINDS } from '../../../shared/policies/kinds.ts';

/** A kind small enough to see through: so many calls at the same time, others wait or are refused. */
export interface CountingSettings {
  most: number;
  waits: boolean;
  /** Throws in the place of … */
  fails?: 'look' | 'take' | 'enqueue' | 'advance';
}

/** What a rule has counted; by policy id. */
export const counted = new Map<
  string,
  { took: number; gaveBack: number; ended: number; running: Set<number>; queue: number[] }
>();

const settings = z.object({
  most: z.number(),
  waits: z.boolean(),
  fails: z.enum(['look', 'take', 'enqueue', 'advance']).optional(),
}) as z.ZodType<CountingSettings>;

const numbersOf = (limit: number, used: number): Opinion['numbers'] => ({
  key: '',
  unit: 'concurrent',
  limit,
  used,
  remaining: Math.max(0, limit - used),
  resetAt: null,
  waitUs: null,
  retryAt: null,
});

function create(policy: Policy, { most, waits, fails }: CountingSettings): Rule {
  const state = { took: 0, gaveBack: 0, ended: 0, running: new Set<number>(), queue: [] as number[] };
  counted.set(policy.id, state);
  const { running, queue } = state;
  // As the interface allows: one object for every opinion.
  const opinion: Opinion = { verdict: 'allow', because: '', numbers: null };
  const failAt = (place: CountingSettings['fails']): void => {
    if (fails === place) throw new Error(`failed in ${place}`);
  };
  const rule: Rule & { due: number | null } = {
    needs: {},
    look() {
      failAt('look');
      const isFree = running.size < most && queue.length === 0;
      opinion.verdict = isFree ? 'allow' : waits ? 'wait' : 'deny';
      opinion.because = isFree ? 'free' : 'full';
      opinion.numbers = numbersOf(most, running.size + 1);
      return opinion;
    },
    explain: (_, { verdict }) => `${policy.id} says ${verdict}.`,
    take({ call }) {
      failAt('take');
      state.took++;
      running.add(call);
    },
    enqueue({ call }, now) {
      failAt('enqueue');
      queue.push(call);
      if (running.size < most) rule.due = now;
    },
    dequeue(call) {
      const place = queue.indexOf(call);
      if (place >= 0) queue.splice(place, 1);
    },
    due: null,
    advance(_, let_) {
      failAt('advance');
      while (running.size < most && queue.length > 0) {
        const call = queue.shift() as number;
        state.took++;
        running.add(call);
        let_(call);
      }
      rule.due = null;
    },
    ended({ call }, { left }, now) {
      running.delete(call);
      if (left) state.ended++;
      else state.gaveBack++;
      if (queue.length > 0) rule.due = now;
    },
    gauges: () => [],
    save: () => ({ took: state.took }),
    restore(saved) {
      if (typeof saved === 'object' && saved !== null && 'took' in saved) state.took = Number(saved.took);
    },
  };
  return rule;
}

const countingKind: Kind<CountingSettings> = { kind: 'limit', settings, create };
export const KINDS_WITH_COUNTING: typeof KINDS = { ...KINDS, limit: countingKind };

/** A policy of it. */
export function counting(
  id: string,
  parts: Partial<Policy> & { most?: number; waits?: boolean; fails?: CountingSettings['fails'] } = {},
): Policy {
  const { most = 1, waits = false, fails, ...rest } = parts;
  return {
    id,
    kind: 'limit',
    mode: 'enforce',
    match: { fields: {}, headers: {}, tags: {}, times: [], when: null },
    settings: { most, waits, fails },
    onFault: 'open',
    owner: null,
    reason: null,
    expiresAt: null,
    ...rest,
  };
}
