import type { Policy } from '../../model/policy.ts';
import { createCalendar } from '../calendar.ts';
import { counterKeyReader } from '../counter-key.ts';
import type { CallFacts } from '../facts.ts';
import type { Kind, Opinion, Rule, RuleSurroundings } from '../kind.ts';
import { describeAlert, sayAlert } from './explain.ts';
import { createHeadroom, type Headroom } from './headroom.ts';
import { alertSettings, type AlertSettings } from './settings.ts';
import { createWindow, type Window } from './window.ts';

/** Watches calls and says when a figure of theirs goes past a mark. It never refuses one. */
export const alertKind: Kind<AlertSettings> = {
  kind: 'alert',
  settings: alertSettings,
  describe: describeAlert,
  create: createAlertRule,
};

interface Watched {
  readonly key: string;
  readonly window: Window;
  /** Of a burn rate: the shorter time. */
  readonly short: Window | null;
  /** What vendors say is left, where that is watched. */
  readonly headroom: Headroom | null;
  /** When it was first seen: of less than a whole window nothing is *too little*. */
  born: number;
  /** Since when the mark is passed; null: it is not. */
  since: number | null;
  open: boolean;
}

/** Keys that are watched at most; beyond it the ones seen longest ago are let go of, quiet ones first. */
const MOST_KEYS = 1000;
const WATCHES: Opinion = Object.freeze({ verdict: 'allow', because: 'watches', numbers: null });

function createAlertRule(policy: Policy, settings: AlertSettings, around: RuleSurroundings): Rule {
  const { metric, over, above, below, burn } = settings;
  const calendar = burn === null ? null : createCalendar(burn.period, around.zone, 1);
  const keyOf = counterKeyReader(settings.per);
  /** Seen longest ago first. */
  const watched = new Map<string, Watched>();
  let due: number | null = null;

  function find(key: string, now: number): Watched {
    let one = watched.get(key);
    if (one === undefined) {
      if (watched.size >= MOST_KEYS) forget(now);
      one = {
        key,
        window: createWindow(over),
        short: burn === null ? null : createWindow(burn.short),
        headroom: metric === 'headroom' ? createHeadroom() : null,
        born: now,
        since: null,
        open: false,
      };
    } else watched.delete(key);
    watched.set(key, one);
    return one;
  }

  function forget(now: number): void {
    let going = watched.values().next().value;
    for (const one of watched.values())
      if (!one.open) {
        going = one;
        break;
      }
    if (going === undefined) return;
    if (going.open) tell(going, 'closed', null, now);
    watched.delete(going.key);
  }

  function tell(one: Watched, state: 'open' | 'closed', value: number | null, now: number): void {
    one.open = state === 'open';
    const sentence = sayAlert(policy, settings, one.key, value, one.open);
    around.alerted({ key: one.key, at: now, state, value: value ?? 0, sentence });
  }

  /** Null: nothing to be measured, which is not 0. */
  function valueOf({ window, short, headroom }: Watched, now: number): number | null {
    if (headroom !== null) return headroom.read(now);
    if (burn !== null && short !== null && calendar !== null) {
      const { start, end } = calendar.at(now);
      const perUs = burn.budget / (end - start);
      // Both have to be past the mark: the long time says that it matters, the short one that it goes on.
      return Math.min(window.read(now).sum / (perUs * over), short.read(now).sum / (perUs * burn.short));
    }
    if (metric === 'latency-p95') return window.percentile(0.95, now);
    const { sum, of } = window.read(now);
    if (metric === 'error-rate') return of === 0 ? null : sum / of;
    return sum;
  }

  function judge(one: Watched, now: number): void {
    const value = valueOf(one, now);
    if (now < one.born) one.born = now;
    const passed =
      value !== null &&
      ((above !== null && value > above) ||
        (below !== null && (one.headroom !== null || now - one.born >= over) && value < below));
    if (!passed) {
      one.since = null;
      if (one.open) tell(one, 'closed', value, now);
      return;
    }
    if (one.since === null || one.since > now) one.since = now;
    if (!one.open && now - one.since >= settings.for) tell(one, 'open', value, now);
  }

  /** When something of it may change although no call comes; null: never, or not after now. */
  function dueOf(one: Watched, now: number): number | null {
    let next = Infinity;
    for (const turns of [one.window.turns, one.short?.turns, one.headroom?.turns])
      if (turns != null && turns > now && turns < next) next = turns;
    if (one.since !== null && !one.open) next = Math.min(next, Math.max(one.since + settings.for, now + 1));
    // Quiet from the first call on: that it is too little is known when a whole window has passed.
    if (below !== null && one.headroom === null && one.born + over > now) next = Math.min(next, one.born + over);
    return next === Infinity ? null : next;
  }

  function sooner(one: Watched, now: number): void {
    const next = dueOf(one, now);
    if (next !== null && (due === null || next < due)) due = next;
  }

  function count(facts: CallFacts, sum: number, of: number, now: number): void {
    const one = find(keyOf(facts), now);
    one.window.add(sum, of, now);
    one.short?.add(sum, of, now);
    judge(one, now);
    sooner(one, now);
  }

  return {
    needs: { signals: metric === 'headroom' },
    get due() {
      return due;
    },
    look: () => WATCHES,
    explain: () => `The alert ${policy.id} ${describeAlert(settings)}; it refuses nothing.`,
    take() {},

    judged(facts, refusedBy, waitUs, now) {
      if (metric === 'denied' && refusedBy !== null) count(facts, 1, 1, now);
      else if (metric === 'delayed' && waitUs > 0) count(facts, 1, 1, now);
    },

    ended(facts, { left, status, failed, durationUs, timeToFirstByteUs }, now) {
      if (!left) return;
      const error = failed || (status !== null && status >= 400);
      if (metric === 'calls') count(facts, 1, 1, now);
      else if (metric === 'errors' || metric === 'error-rate') count(facts, error ? 1 : 0, 1, now);
      else if (metric === 'throttled') count(facts, status === 429 ? 1 : 0, 1, now);
      else if (metric === 'latency-p95') {
        const one = find(keyOf(facts), now);
        one.window.put(timeToFirstByteUs ?? durationUs, now);
        judge(one, now);
        sooner(one, now);
      }
    },

    metered(facts, { nanoUsd, inputTokens, outputTokens }, now) {
      if ((metric === 'cost' || metric === 'burn-rate') && nanoUsd !== null) count(facts, nanoUsd, 1, now);
      else if (metric === 'unpriced') count(facts, nanoUsd === null ? 1 : 0, 1, now);
      else if (metric === 'tokens' && (inputTokens !== null || outputTokens !== null))
        count(facts, (inputTokens ?? 0) + (outputTokens ?? 0), 1, now);
    },

    heard(facts, { signals }, _status, now) {
      if (metric !== 'headroom') return;
      const said = signals.filter(({ limit, remaining }) => limit !== null && limit > 0 && remaining !== null);
      if (said.length === 0) return;
      const one = find(keyOf(facts), now);
      for (const { resource, unit, limit, remaining, resetAt, window } of said) {
        const until = resetAt ?? now + (window === null ? over : window * 1_000_000);
        const name = [facts.host, facts.credential ?? '', resource, unit].join(' ');
        one.headroom?.hear(name, Math.max(0, remaining!) / limit!, until);
      }
      judge(one, now);
      sooner(one, now);
    },

    advance(now) {
      due = null;
      for (const one of watched.values()) {
        judge(one, now);
        sooner(one, now);
      }
    },

    gauges: () => [],

    save: () =>
      watched.size === 0
        ? undefined
        : {
            metric,
            over,
            keys: [...watched.values()].map(({ key, window, short, headroom, born, since, open }) => ({
              key,
              born,
              since,
              open,
              steps: window.save(),
              ...(short !== null && { short: [burn?.short, short.save()] }),
              ...(headroom !== null && { limits: headroom.save() }),
            })),
          },

    restore(saved, now) {
      const { metric: of, over: long, keys } = (saved ?? {}) as { metric?: unknown; over?: unknown; keys?: unknown };
      if (!Array.isArray(keys)) return;
      for (const one of keys.slice(-MOST_KEYS) as Record<string, unknown>[]) {
        const { key, born, since, open } = one;
        if (typeof key !== 'string' || typeof born !== 'number') continue;
        const found = find(key, now);
        found.born = born;
        found.open = open === true;
        // Of another figure, or another length of time: only that it is open still makes sense.
        if (of === metric && long === over) {
          found.since = typeof since === 'number' ? since : null;
          found.window.restore(one['steps']);
          found.headroom?.restore(one['limits']);
          const { short } = one;
          if (Array.isArray(short) && short[0] === burn?.short) found.short?.restore(short[1]);
        }
        due = now;
      }
    },
  };
}
