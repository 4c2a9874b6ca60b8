/** One line of what was decided, as the engine adds it up. */
export interface DecisionRow {
  policy: string;
  verdict: string;
  app: string | null;
  host: string;
  calls: number;
  waitUs: number;
}

/** By policy, verdict and app, whichever host. */
export interface DecisionSum extends Omit<DecisionRow, 'host'> {
  key: string;
  hosts: string[];
}

/** Verdicts from the bottom of a bar to its top, with their colours: what was done first, then what would have been. */
export const VERDICT_COLOURS: readonly { verdict: string; colour: string }[] = [
  { verdict: 'deny', colour: '--blocked' },
  { verdict: 'cut', colour: '--cut' },
  { verdict: 'wait', colour: '--throttled' },
  { verdict: 'ask', colour: '--asked' },
  { verdict: 'would-deny', colour: '--would-block' },
  { verdict: 'would-cut', colour: '--would-cut' },
  { verdict: 'would-wait', colour: '--would-throttle' },
  { verdict: 'would-ask', colour: '--would-ask' },
  { verdict: 'allow', colour: '--ok' },
];

/** Sums of what is asked for, the most first. `policy` null: of every policy. */
export function sumDecisions(
  rows: readonly DecisionRow[],
  { policy, allowed }: { policy: string | null; allowed: boolean },
): DecisionSum[] {
  const sums = new Map<string, DecisionSum>();
  for (const row of rows) {
    if ((policy !== null && row.policy !== policy) || (row.verdict === 'allow' && !allowed)) continue;
    const key = JSON.stringify([row.policy, row.verdict, row.app]);
    const sum = sums.get(key);
    if (!sum) {
      sums.set(key, { ...withoutHost(row), key, hosts: [row.host] });
      continue;
    }
    sum.calls += row.calls;
    sum.waitUs += row.waitUs;
    if (!sum.hosts.includes(row.host)) sum.hosts.push(row.host);
  }
  return [...sums.values()].toSorted((a, b) => b.calls - a.calls || (a.key < b.key ? -1 : 1));
}

function withoutHost({ policy, verdict, app, calls, waitUs }: DecisionRow): Omit<DecisionRow, 'host'> {
  return { policy, verdict, app, calls, waitUs };
}
