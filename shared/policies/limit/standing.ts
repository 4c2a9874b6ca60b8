import type { DecisionNumbers } from '../../model/policy.ts';
import type { Opinion } from '../kind.ts';

/** What is said of one call: amounts in the limit's unit, moments by the wall, Infinity and NaN for not known. */
export interface Standing {
  allow(key: string, limit: number, used: number, resetAt: number): Opinion;
  wait(
    because: string,
    key: string,
    limit: number,
    used: number,
    resetAt: number,
    retryAt: number,
    waitUs: number,
  ): Opinion;
  deny(because: string, key: string, limit: number, used: number, resetAt: number, retryAt: number): Opinion;
}

/** Opinions that are used again, so that a call that is let through leaves nothing behind. */
export function createStanding(unit: DecisionNumbers['unit']): Standing {
  // A class for each, made anew for each rule: fields that always hold numbers are kept as plain doubles.
  const AllowNumbers = class implements DecisionNumbers {
    key = '';
    unit = unit;
    limit: number | null = 0.5;
    used: number | null = 0.5;
    remaining: number | null = 0.5;
    resetAt: number | null = 0.5;
    waitUs: number | null = null;
    retryAt: number | null = null;
  };
  const allowed = { verdict: 'allow' as const, because: 'fits', numbers: new AllowNumbers() };
  const other = {
    verdict: 'deny' as Opinion['verdict'],
    because: '',
    numbers: {
      key: '',
      unit,
      limit: null,
      used: null,
      remaining: null,
      resetAt: null,
      waitUs: null,
      retryAt: null,
    } as DecisionNumbers,
  };
  const say = (
    verdict: 'wait' | 'deny',
    because: string,
    key: string,
    limit: number,
    used: number,
    resetAt: number,
    retryAt: number,
    waitUs: number,
  ): Opinion => {
    const { numbers } = other;
    other.verdict = verdict;
    other.because = because;
    numbers.key = key;
    numbers.limit = known(limit);
    numbers.used = known(used);
    numbers.remaining = known(Math.max(0, limit - used));
    numbers.resetAt = known(resetAt);
    numbers.retryAt = known(retryAt);
    numbers.waitUs = known(waitUs);
    return other;
  };
  return {
    allow(key, limit, used, resetAt) {
      const { numbers } = allowed;
      numbers.key = key;
      numbers.limit = limit;
      numbers.used = used;
      numbers.remaining = limit > used ? limit - used : 0;
      numbers.resetAt = resetAt === Infinity ? null : resetAt;
      return allowed;
    },
    wait: (because, key, limit, used, resetAt, retryAt, waitUs) =>
      say('wait', because, key, limit, used, resetAt, retryAt, waitUs),
    deny: (because, key, limit, used, resetAt, retryAt) =>
      say('deny', because, key, limit, used, resetAt, retryAt, NaN),
  };
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
