import { z } from 'zod';
import type { CallFacts } from '../facts.ts';

/** Answers that people gave, by program and host; bounded, the oldest goes. */
export interface RememberedAnswers {
  /** Null: nobody answered, or it is long ago. */
  of(facts: CallFacts, now: number): 'allow' | 'deny' | null;
  add(facts: CallFacts, verdict: 'allow' | 'deny', until: number): void;
  /** Undefined: there are none. */
  save(now: number): unknown;
  restore(saved: unknown, now: number): void;
}

const MOST = 5000;

const savedShape = z.array(z.object({ key: z.string(), verdict: z.enum(['allow', 'deny']), until: z.number() }));

export function rememberedAnswers(): RememberedAnswers {
  const answers = new Map<string, { verdict: 'allow' | 'deny'; until: number }>();
  const keyOf = ({ app, process, host }: CallFacts): string => `${app ?? process ?? ''}\n${host}`;

  return {
    of(facts, now) {
      const answer = answers.get(keyOf(facts));
      return answer !== undefined && now < answer.until ? answer.verdict : null;
    },
    add(facts, verdict, until) {
      const key = keyOf(facts);
      answers.delete(key);
      answers.set(key, { verdict, until });
      const [oldest] = answers.keys();
      if (answers.size > MOST && oldest !== undefined) answers.delete(oldest);
    },
    save(now) {
      const kept = [...answers].filter(([, { until }]) => now < until);
      return kept.length === 0 ? undefined : kept.map(([key, { verdict, until }]) => ({ key, verdict, until }));
    },
    restore(saved, now) {
      const read = savedShape.safeParse(saved);
      if (!read.success) return;
      for (const { key, verdict, until } of read.data.slice(-MOST))
        if (now < until) answers.set(key, { verdict, until });
    },
  };
}
