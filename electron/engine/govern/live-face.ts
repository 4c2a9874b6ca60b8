import type { AskRow, GaugeRow } from '../../../shared/contract/policies.ts';
import { readDecided, type Decided, type DecisionReader } from './decided.ts';
import type { LiveCall } from './live-call.ts';
import type { LiveGovernor } from './live-governor.ts';

const HOUR = 3_600_000_000;
const REMEMBERED_US = { once: 0, hour: HOUR, day: 24 * HOUR, always: Number.MAX_SAFE_INTEGER } as const;

/** What policies that are at work can be asked, and told. */
export interface LivePolicies {
  gauges(asked: { id: string; limit?: number | undefined }): Promise<{ gauges: GaugeRow[] } | { problem: 'not-found' }>;
  decisions(asked: {
    since: number;
    until: number;
    steps?: number | undefined;
    policy?: string | undefined;
  }): Promise<Decided>;
  asks(asked: unknown, signal?: AbortSignal): AsyncGenerator<{ asks: AskRow[] }>;
  answer(asked: {
    call: number;
    verdict: 'allow' | 'deny';
    remember?: keyof typeof REMEMBERED_US | undefined;
  }): Promise<{ answered: number } | { problem: 'not-found' }>;
}

/** The contract's answers about what is at work just now. */
export function livePolicies(live: LiveGovernor, reader: DecisionReader): LivePolicies {
  return {
    decisions: (asked) => readDecided(reader, asked),
    gauges: async ({ id, limit = 50 }) =>
      live.set.policies.some((policy) => policy.id === id)
        ? { gauges: live.gauges(id, limit) }
        : { problem: 'not-found' },
    async *asks(_asked, signal) {
      let changed = true;
      let wake = (): void => {};
      const look = (): void => {
        changed = true;
        wake();
      };
      const ignore = live.onHeld(look);
      signal?.addEventListener('abort', look);
      try {
        let said: string | null = null;
        while (signal?.aborted !== true) {
          if (changed) {
            changed = false;
            const asks = asksOf(live);
            const text = JSON.stringify(asks);
            // Calls that wait for other reasons come and go, too.
            if (text !== said) yield { asks };
            said = text;
          } else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      } finally {
        ignore();
        signal?.removeEventListener('abort', look);
      }
    },
    async answer({ call, verdict, remember = 'once' }) {
      const answered = live.answer(call, verdict, REMEMBERED_US[remember]);
      return answered === 0 ? { problem: 'not-found' } : { answered };
    },
  };
}

function asksOf(live: LiveGovernor): AskRow[] {
  return [...live.held].flatMap((call) => askOf(call) ?? []);
}

function askOf({ facts, ruling }: LiveCall): AskRow | null {
  if (ruling?.verdict !== 'ask' || ruling.ask === null) return null;
  const policy = ruling.policy?.id ?? '';
  const { call, at, app, method, host, path, vendor } = facts;
  const { until, otherwise } = ruling.ask;
  const sentence = ruling.decisions().find((decision) => decision.policy === policy)?.sentence ?? '';
  return { call, policy, at, until, otherwise, app, method, host, path, vendor, sentence };
}
