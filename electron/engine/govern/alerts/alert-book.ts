import type { AlertRow } from '../../../../shared/contract/alert-schema.ts';
import type { AlertSettings, Notice } from '../../../../shared/policies/alert/settings.ts';
import type { PolicySet } from '../../../../shared/policies/governor.ts';
import type { AlertChange } from '../../../../shared/policies/kind.ts';
import { commandsOf, watchAllowed } from './allowed-commands.ts';
import { callWebhook, nameOf, runCommand, type Told } from './deliver.ts';
import { savedAlerts } from './saved-alerts.ts';

/** Alerts of all policies: kept over restarts, shown, acknowledged, and told of. */
export interface AlertBook {
  alerted(change: AlertChange): void;
  /** Other policies are in force: alerts of those that are gone close. */
  applied(set: PolicySet): void;
  alerts(asked: {
    since: number;
    until: number;
    limit?: number | undefined;
  }): Promise<{ alerts: AlertRow[]; open: number }>;
  /** A page shows it; `first`: nobody had before. */
  showAlert(asked: { id: number }): Promise<{ first: boolean } | { problem: 'not-found' }>;
  changeAlert(asked: {
    id: number;
    state: 'open' | 'acknowledged' | 'closed';
    by?: string | undefined;
  }): Promise<AlertRow | { problem: 'not-found' }>;
  close(): Promise<void>;
}

/** Alerts that are kept; closed ones go first. */
const MOST = 1000;
/** Deliveries at the same time, and waiting for their turn. */
const AT_ONCE = 4;
const MOST_WAITING = 500;
type Delivery = AlertRow['deliveries'][number];

/** Somebody who is to be told of an alert. */
interface Untold<To = Exclude<Notice, 'desktop'>> {
  row: AlertRow;
  delivery: Delivery;
  notice: To;
  body: string;
}
type UnallowedCommand = Untold<Extract<Notice, { command: string[] }>>;

export function openAlertBook(given: {
  dataDir: string;
  /** Microseconds since the epoch. */
  now: () => number;
  log: (line: string) => void;
  environment?: Readonly<Record<string, string | undefined>>;
  backoffMs?: readonly number[];
  timeoutMs?: number;
  /** How often it is looked whether a command was allowed. */
  lookEveryMs?: number;
}): AlertBook {
  const { now, log } = given;
  const { environment = process.env, backoffMs = [1000, 5000, 30_000, 120_000], timeoutMs = 10_000 } = given;
  const file = savedAlerts(given.dataDir, log);
  const read = file.read();
  const { alerts } = read;
  let { next } = read;
  const leaving = new AbortController();
  const waiting: (() => Promise<void>)[] = [];
  const running = new Set<Promise<void>>();
  /** Commands that nobody has allowed on this machine yet. */
  let unallowed: UnallowedCommand[] = [];
  const allowed = watchAllowed({
    dataDir: given.dataDir,
    log,
    changed() {
      const again = unallowed;
      unallowed = [];
      for (const one of again) wait(one);
      work();
    },
    ...(given.lookEveryMs !== undefined && { lookEveryMs: given.lookEveryMs }),
  });

  for (const { deliveries } of alerts)
    for (const one of deliveries)
      if (one.state === 'waiting' && one.to !== 'desktop')
        Object.assign(one, { state: 'failed', says: 'Sallyport stopped before it was told.' });

  const save = (): void => file.save(() => [next, alerts]);

  function trim(): void {
    if (alerts.length <= MOST) return;
    const closed = alerts.findIndex(({ state }) => state === 'closed');
    alerts.splice(Math.max(0, closed), 1);
  }

  function tell(row: AlertRow, notices: readonly Notice[], state: 'open' | 'closed'): void {
    const { id, policy, key, openedAt, closedAt, value, sentence, owner } = row;
    const body = JSON.stringify({ id, policy, key, state, openedAt, closedAt, value, sentence, owner });
    for (const notice of notices) {
      const delivery: Delivery = { to: nameOf(notice), state: 'waiting', tries: 0, at: null, says: null };
      if (notice === 'desktop') {
        if (state === 'closed') continue;
        row.deliveries.push({ ...delivery, says: 'It is shown when a page of Sallyport is open.' });
        continue;
      }
      row.deliveries.push(delivery);
      wait({ row, delivery: row.deliveries.at(-1)!, notice, body });
    }
    work();
  }

  function wait(untold: Untold): void {
    if (waiting.length + unallowed.length < MOST_WAITING) waiting.push(() => deliver(untold));
    else Object.assign(untold.delivery, { state: 'failed', says: 'Too many alerts were waiting to be told.' });
  }

  async function deliver(untold: Untold): Promise<void> {
    const { row, delivery, notice, body } = untold;
    const options = { environment, now, backoffMs, timeoutMs, signal: leaving.signal };
    let told: Told;
    if ('webhook' in notice) told = await callWebhook(notice, body, options);
    // Asked at the last moment: it may have been taken back.
    else if (allowed.allows(row.policy, notice.command)) told = await runCommand(notice, body, options);
    else {
      const says = `run "sallyport policy allow-command ${row.policy}"`;
      if (row.state !== 'closed') {
        if (delivery.says !== says)
          log(`The alert ${row.policy} does not start ${delivery.to} before it is allowed: ${says}`);
        delivery.says = says;
        unallowed.push({ row, delivery, notice, body });
        return save();
      }
      told = { state: 'failed', tries: 0, says: `It was over before its command was allowed: ${says}` };
    }
    Object.assign(delivery, told, { at: now() });
    if (told.state === 'failed') log(`The alert ${row.policy} could not be told to ${delivery.to}: ${told.says ?? ''}`);
    save();
  }

  /** Those of alerts that are over, and of commands that were edited, are waited for no more. */
  function forgetUnallowed(isOver: (untold: UnallowedCommand) => boolean, says: string): void {
    unallowed = unallowed.filter((one) => {
      if (!isOver(one)) return true;
      Object.assign(one.delivery, { state: 'failed', says, at: now() });
      return false;
    });
  }
  const forgetClosed = (): void =>
    forgetUnallowed(({ row }) => row.state === 'closed', 'It was over before its command was allowed.');

  function work(): void {
    while (running.size < AT_ONCE && !leaving.signal.aborted) {
      const one = waiting.shift();
      if (one === undefined) return;
      const run: Promise<void> = one()
        .catch((error: unknown) => log(`An alert could not be told: ${String(error)}`))
        .finally(() => {
          running.delete(run);
          work();
        });
      running.add(run);
    }
  }

  const standing = (policy: string, key: string): AlertRow | undefined =>
    alerts.findLast((one) => one.policy === policy && one.key === key && one.state !== 'closed');

  return {
    alerted({ policy, key, at, state, value, sentence }) {
      const found = standing(policy.id, key);
      const notices = policy.kind === 'alert' ? (policy.settings as AlertSettings).notify : (['desktop'] as const);
      if (state === 'open') {
        if (found !== undefined) Object.assign(found, { value, sentence });
        else {
          const row: AlertRow = {
            id: next++,
            policy: policy.id,
            key,
            state: 'open',
            openedAt: at,
            closedAt: null,
            acknowledgedAt: null,
            acknowledgedBy: null,
            value,
            sentence,
            owner: policy.owner,
            deliveries: [],
          };
          alerts.push(row);
          trim();
          tell(row, notices, 'open');
        }
      } else if (found !== undefined) {
        Object.assign(found, { state: 'closed', closedAt: at, value, sentence });
        forgetClosed();
        tell(found, notices, 'closed');
      }
      save();
    },

    applied({ policies }) {
      const there = new Set(policies.filter(({ mode }) => mode !== 'off').map(({ id }) => id));
      for (const one of alerts)
        if (one.state !== 'closed' && !there.has(one.policy)) {
          Object.assign(one, {
            state: 'closed',
            closedAt: now(),
            sentence: `${one.sentence} The policy is not in force any more.`,
          });
          save();
        }
      forgetClosed();
      const commands = new Map(
        policies.map((policy) => [policy.id, commandsOf(policy).map((command) => JSON.stringify(command))]),
      );
      forgetUnallowed(
        ({ row, notice }) => !(commands.get(row.policy) ?? []).includes(JSON.stringify(notice.command)),
        'The command was edited before it was allowed.',
      );
    },

    alerts: async ({ since, until, limit = 200 }) => {
      const found = alerts.filter(
        ({ state, openedAt, closedAt }) => openedAt < until && (state !== 'closed' || (closedAt ?? openedAt) >= since),
      );
      found.sort((a, b) => Number(a.state === 'closed') - Number(b.state === 'closed') || b.openedAt - a.openedAt);
      return {
        alerts: structuredClone(found.slice(0, limit)),
        open: alerts.filter(({ state }) => state === 'open').length,
      };
    },

    async showAlert({ id }) {
      const found = alerts.find((one) => one.id === id);
      if (found === undefined) return { problem: 'not-found' };
      const waits = found.deliveries.filter(({ to, state }) => to === 'desktop' && state === 'waiting');
      for (const one of waits) Object.assign(one, { state: 'delivered', tries: 1, at: now(), says: null });
      if (waits.length > 0) save();
      return { first: waits.length > 0 };
    },

    async changeAlert({ id, state, by }) {
      const found = alerts.find((one) => one.id === id);
      if (found === undefined) return { problem: 'not-found' };
      if (state === 'open') {
        // Taken back: nobody looks after it, and it is not over.
        Object.assign(found, { state, acknowledgedAt: null, acknowledgedBy: null, closedAt: null });
        save();
      } else if (found.state !== 'closed') {
        if (state === 'acknowledged')
          Object.assign(found, { state, acknowledgedAt: now(), acknowledgedBy: by ?? null });
        else Object.assign(found, { state, closedAt: now() });
        forgetClosed();
        save();
      }
      return structuredClone(found);
    },

    async close() {
      leaving.abort();
      allowed.close();
      await Promise.all(running);
      await file.settled();
    },
  };
}
