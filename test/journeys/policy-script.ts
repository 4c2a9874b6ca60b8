import type { AlertRow } from '../../shared/contract/alert-schema.ts';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { PoliciesFace } from '../../electron/api/policies-face.ts';
import type {
  AskRow,
  BacktestResult,
  BudgetRow,
  PolicyProblem,
  PolicyRow,
  PolicyVersion,
} from '../../shared/contract/policies.ts';
import { MODES, POLICY_KINDS } from '../../shared/model/policy.ts';
import { removedText, withMode } from '../../renderer/views/policies/editor/file-change.ts';
import { resultOf } from './policy-world.ts';
import { findItems } from '../../renderer/views/policies/editor/policy-items.ts';

type Answer<Name extends keyof PoliciesFace> = Exclude<
  Awaited<ReturnType<Extract<PoliciesFace[Name], (...asked: never[]) => Promise<unknown>>>>,
  { problem: string }
>;
export type Decisions = Answer<'decisions'>;
type Told = { hits?: Partial<PolicyRow['hits']>; says?: string; changedAt?: number };

/** Policies of a made-up installation, kept in memory as the engine keeps them on disk. */
export interface PolicyScript {
  face: PoliciesFace;
  /** The file as somebody saved it, by the editor or by hand. */
  write(text: string, who?: { author?: string; reason?: string; at?: number }): number;
  text(): string;
  /** What came of a policy. */
  tell(id: string, told: Told): void;
  decided(decisions: Decisions): void;
  /** What a policy would have done; by default every other call is refused. */
  replay(result: (id: string, text: string) => Partial<BacktestResult> | null): void;
  /** Calls that wait for a word; null: none. */
  ask(asks: AskRow[]): void;
  /** Budgets and alerts as they are told from now on. */
  budget(budgets: BudgetRow[]): void;
  alert(alerts: AlertRow[]): void;
  answered: { call: number; verdict: string; remember: string | undefined }[];
  /** Replays that were begun, and of these those given up. */
  replays: { begun: number; givenUp: number };
}

const no = async (): Promise<{ problem: 'not-running' }> => ({ problem: 'not-running' });
async function* none(): AsyncGenerator<{ problem: 'not-running' }> {
  yield { problem: 'not-running' };
}
/** What no page that is tried here asks. */
const UNASKED = {
  test: no,
  except: no,
  sweep: none,
  demand: no,
  whatIfPrice: no,
  whatIfCache: no,
};

const COUNTED: PolicyRow['hits'] = { asked: 0, denied: 0, waited: 0, waitUs: 0, faults: 0, lastAt: null };

export function createPolicyScript(): PolicyScript {
  const versions: (PolicyVersion & { text: string })[] = [];
  const told = new Map<string, Told>();
  const answered: PolicyScript['answered'] = [];
  const replays = { begun: 0, givenUp: 0 };
  let text = '';
  let asks: AskRow[] = [];
  let budgets: BudgetRow[] = [];
  let alerts: AlertRow[] = [];
  const watchers = new Set<() => void>();
  let decisions: Decisions = { step: 3_600_000_000, rows: [], series: [] };
  let result: Parameters<PolicyScript['replay']>[0] = () => ({});
  const newest = (): number => versions[0]?.version ?? 0;

  function write(
    next: string,
    { author = 'ada', reason, at = Date.now() * 1000 }: Parameters<PolicyScript['write']>[1] = {},
  ): number {
    const before = text;
    text = next;
    const lines = (one: string): string[] => one.split('\n').filter((line) => line !== '');
    const [old, now] = [lines(before), lines(next)];
    versions.unshift({
      version: newest() + 1,
      at,
      author,
      reason: reason ?? null,
      added: now.filter((line) => !old.includes(line)).length,
      removed: old.filter((line) => !now.includes(line)).length,
      changes: changesBetween(before, next),
      text: next,
    });
    return newest();
  }
  const save = (
    next: string,
    { base, reason, author }: { base?: number | undefined; reason?: string | undefined; author?: string | undefined },
  ) => {
    if (base !== undefined && base !== newest()) return { problem: 'changed', version: newest() } as const;
    const problems = problemsOf(next);
    if (problems.some(({ severity }) => severity === 'error')) return { problem: 'bad-policies', problems } as const;
    return {
      version: write(next, { ...(reason !== undefined && { reason }), ...(author !== undefined && { author }) }),
      problems,
    };
  };
  const rows = (): PolicyRow[] =>
    rowsOf(text).map((row) => {
      const more = told.get(row.id);
      return {
        ...row,
        ...(more?.says !== undefined && { says: more.says }),
        changedAt: more?.changedAt ?? versions[0]?.at ?? null,
        hits: { ...COUNTED, ...more?.hits },
      };
    });

  return {
    answered,
    replays,
    write,
    text: () => text,
    tell: (id, more) => told.set(id, { ...told.get(id), ...more }),
    decided: (next) => (decisions = next),
    replay: (next) => (result = next),
    budget: (next) => (budgets = next),
    alert: (next) => (alerts = next),
    ask(next) {
      asks = next;
      for (const watcher of watchers) watcher();
    },
    face: {
      ...UNASKED,
      get: async () => ({
        file: '/home/ada/.sallyport/policies.yaml',
        text,
        version: newest(),
        problems: problemsOf(text),
        policies: rows(),
      }),
      check: async ({ text: asked }) => ({ problems: problemsOf(asked), policies: rowsOf(asked) }),
      apply: async ({ text: next, ...more }) => save(next, more),
      async change({ id, mode, text: item, ...more }) {
        const next = mode === undefined ? (item === null ? removedText(text, id) : null) : withMode(text, id, mode);
        return next === null ? { problem: 'not-found' } : save(next, more);
      },
      versions: async () => ({ versions: [...versions] }),
      async version({ version }) {
        const one = versions.find((candidate) => candidate.version === version);
        return one ? { ...one, diff: '' } : { problem: 'not-found' };
      },
      async restore({ version, reason }) {
        const one = versions.find((candidate) => candidate.version === version);
        return one ? save(one.text, { reason }) : { problem: 'not-found' };
      },
      gauges: async ({ id }) => ({
        gauges: id.includes('minute')
          ? [
              {
                key: 'app=support-bot',
                unit: 'calls',
                limit: 60,
                used: 58,
                remaining: 2,
                resetAt: Date.now() * 1000 + 24e6,
                waitUs: null,
                retryAt: null,
                reserved: null,
                waiting: 0,
                running: 0,
              },
              {
                key: 'app=etl-nightly',
                unit: 'calls',
                limit: 60,
                used: 12,
                remaining: 48,
                resetAt: Date.now() * 1000 + 41e6,
                waitUs: null,
                retryAt: null,
                reserved: null,
                waiting: 3,
                running: 0,
              },
            ]
          : [],
      }),
      decisions: async () => decisions,
      budgets: async () => ({ budgets }),
      alerts: async () => ({ alerts, open: alerts.filter(({ state }) => state === 'open').length }),
      showAlert: async () => ({ first: false }),
      async changeAlert({ id, state }) {
        const one = alerts.find((alert) => alert.id === id);
        if (!one) return { problem: 'not-found' };
        const at = Date.now() * 1000;
        const next = {
          ...one,
          state,
          acknowledgedAt: state === 'open' ? null : (one.acknowledgedAt ?? at),
          closedAt: state === 'closed' ? at : null,
        };
        alerts = alerts.map((alert) => (alert === one ? next : alert));
        return next;
      },
      recommend: async ({ policy }) => ({ text: policy, limit: 84, says: [], result: resultOf('x', {}) }),
      async *backtest({ candidates, only }, signal) {
        replays.begun++;
        signal?.addEventListener('abort', () => replays.givenUp++, { once: true });
        const problems = problemsOf(candidates[0] ?? '');
        if (problems.some(({ severity }) => severity === 'error')) {
          yield { problem: 'bad-policies', problems };
          return;
        }
        yield { state: 'working', done: 8192, total: 20_000 };
        await new Promise((go) => setTimeout(go, 40));
        if (signal?.aborted === true) return;
        const results = candidates.map((one) =>
          rowsOf(one)
            .filter(({ id }) => only === undefined || id === only)
            .flatMap(({ id }) => {
              const change = result(id, one);
              return change === null ? [] : [resultOf(id, change)];
            }),
        );
        yield { state: 'done', results };
      },
      async *asks(_, signal) {
        for (;;) {
          yield { asks };
          await new Promise<void>((go) => {
            const done = (): void => {
              watchers.delete(done);
              go();
            };
            watchers.add(done);
            signal?.addEventListener('abort', done, { once: true });
          });
          if (signal?.aborted === true) return;
        }
      },
      async answer({ call, verdict, remember }) {
        const one = asks.find((ask) => ask.call === call);
        if (!one) return { problem: 'not-found' };
        answered.push({ call, verdict, remember });
        asks = asks.filter((ask) => ask.call !== call);
        for (const watcher of watchers) watcher();
        return { answered: 1 };
      },
    },
  };
}

/** What is wrong with a file, as far as a test needs: YAML itself, kinds, modes, ids. */
function problemsOf(text: string): PolicyProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problem = (from: number, to: number, says: string, policy: string | null = null): PolicyProblem => {
    const [start, end] = [lines.linePos(from), lines.linePos(Math.max(from, to))];
    return {
      line: start.line,
      column: start.col,
      endLine: end.line,
      endColumn: end.col,
      severity: 'error',
      policy,
      says,
    };
  };
  if (document.errors.length > 0)
    return document.errors.map(({ pos, message }) => problem(pos[0], pos[1], message.split('\n')[0] ?? message));
  const list = document.get('policies');
  if (!isSeq(list)) return [];
  const found: PolicyProblem[] = [];
  for (const item of list.items) {
    if (!isMap(item)) continue;
    const id = item.get('id');
    for (const [key, allowed] of [
      ['kind', POLICY_KINDS],
      ['mode', MODES],
    ] as const) {
      const node = item.get(key, true);
      if (!isScalar(node) || allowed.some((one) => one === node.value)) continue;
      found.push(
        problem(
          node.range?.[0] ?? 0,
          node.range?.[1] ?? 0,
          `“${String(node.value)}” is no ${key}: one of ${allowed.join(', ')}.`,
          String(id),
        ),
      );
    }
  }
  return found;
}

function rowsOf(text: string): Omit<PolicyRow, 'hits'>[] {
  const document = parseDocument(text);
  if (document.errors.length > 0) return [];
  const read: unknown = document.toJS();
  const list: unknown = Array.isArray(read) ? read : (read as { policies?: unknown } | null)?.policies;
  if (!Array.isArray(list)) return [];
  const items = findItems(text);
  return (list as Record<string, unknown>[]).map((one, index) => {
    const word = (key: string): string | null => (typeof one[key] === 'string' ? one[key] : null);
    const settings = (one['settings'] ?? {}) as Record<string, unknown>;
    return {
      id: String(one['id']),
      kind: POLICY_KINDS.find((kind) => kind === one['kind']) ?? 'limit',
      mode: MODES.find((mode) => mode === one['mode']) ?? 'observe',
      line: items[index]?.line ?? 1,
      endLine: items[index]?.endLine ?? 1,
      says:
        settings['limit'] === undefined
          ? `${String(settings['action'] ?? 'says when')} calls`
          : `At most ${String(settings['limit'])} in ${String(settings['window'] ?? settings['period'] ?? 'all')}`,
      owner: word('owner'),
      reason: word('reason'),
      expiresAt: one['expires'] === undefined ? null : Date.parse(String(one['expires'])) * 1000,
      onFault: 'open' as const,
      changedAt: null,
      exceptions: 0,
    };
  });
}

function changesBetween(before: string, after: string): string[] {
  const [old, now] = [rowsOf(before), rowsOf(after)];
  return [
    ...now.flatMap((row) => {
      const was = old.find(({ id }) => id === row.id);
      if (!was) return [`${row.id}: new, ${row.mode}`];
      if (was.mode !== row.mode) return [`${row.id}: ${was.mode} → ${row.mode}`];
      return was.says === row.says ? [] : [`${row.id}: ${was.says} → ${row.says}`];
    }),
    ...old.filter(({ id }) => !now.some((row) => row.id === id)).map(({ id }) => `${id}: removed`),
  ];
}
