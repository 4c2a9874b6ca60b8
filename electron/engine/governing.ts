import { setTimeout as sleep } from 'node:timers/promises';
import type { Governor, GovernorSurroundings, PolicySet, SavedCounters } from '../../shared/policies/governor.ts';
import { credentialOf } from '../../shared/vendors/credential.ts';
import { readLimits } from '../../shared/vendors/limits/read-limits.ts';
import { createRedactor, type Redactor } from '../../shared/redaction/redactor.ts';
import { rulesWith } from '../../shared/redaction/rules.ts';
import { createBudgetsFace } from './analytics/budgets-face.ts';
import type { Reader } from './analytics/reader.ts';
import type { Archive } from './archive/archive.ts';
import { createFingerprint } from './archive/fingerprint-key.ts';
import { openAlertBook, type AlertBook } from './govern/alerts/alert-book.ts';
import { createHostBook } from './govern/host-facts.ts';
import { createLookAhead } from './govern/look-ahead.ts';
import { createLiveGovernor, type LiveGovernor } from './govern/live-governor.ts';
import { keepCounters } from './govern/saved-counters.ts';
import { wallMicroseconds } from './pipeline/clock.ts';
import type { WarmQuestion } from './govern/warm-up.ts';
import { READ_AHEAD } from './pipeline/stages/govern.ts';
import { plainOf } from './store/content-coding.ts';
import type { Declared } from './vendors/declared.ts';

/** The governor of an engine, and what it has to be told. */
export interface KeptGoverning {
  readonly live: LiveGovernor;
  readonly alerts: Pick<AlertBook, 'alerts' | 'showAlert' | 'changeAlert'>;
  noteProcess(key: string, name: string): void;
  declare(declared: Declared): void;
  redact(names: RedactionNames): void;
  /** Who says what counters stand at after recorded calls. */
  warmBy(history: Warm): void;
  /** The contract's question about budgets. */
  budgets(reader: Pick<Reader, 'costBudgets'>): Budgets;
  close(): Promise<void>;
}

export type Budgets = ReturnType<typeof createBudgetsFace>;
type Warm = (question: WarmQuestion, signal: AbortSignal) => Promise<SavedCounters>;
type RedactionNames = Parameters<typeof rulesWith>[0];

/** Names of processes that are kept; those of long ago make no calls. */
const PROCESSES = 5000;

/** Counters shown of one budget. */
const MOST_GAUGES = 1000;
/** So long at most is waited at the end for what calls used. */
const LAST_WORDS_MS = 1000;

/** Until the policy file is read. */
const NO_POLICIES: PolicySet = { version: 0, otherwise: 'allow', zone: 'UTC', policies: [], exceptions: [] };

/** Builds what governs calls, and finds out of calls what policies ask. */
export function keepGoverning(given: {
  /** Policies in force whatever the file says, and another governor: for those who test what is carried out. */
  given: { set: PolicySet; create?: (set: PolicySet, around: GovernorSurroundings) => Governor } | undefined;
  dataDir: string;
  archive: Pick<Archive, 'emit' | 'flush' | 'awaitMetering' | 'onMetered' | 'priceAhead'>;
  fingerprintKey: Buffer;
  redaction: RedactionNames;
  log: (line: string) => void;
}): KeptGoverning {
  const { archive } = given;
  const processes = new Map<string, string>();
  const hosts = createHostBook({ now: wallMicroseconds, today: () => new Date().toLocaleDateString('sv-SE') });
  const fingerprint = createFingerprint(given.fingerprintKey);
  let redactionNames = given.redaction;
  let redactor: Redactor | null = null;
  const book = openAlertBook({ dataDir: given.dataDir, now: wallMicroseconds, log: given.log });
  let history: Warm | null = null;
  const counters = keepCounters({
    dataDir: given.dataDir,
    now: wallMicroseconds,
    counters: () => (live.warming ? null : live.counters()),
    log: given.log,
  });
  const live: LiveGovernor = createLiveGovernor({
    ...(given.given?.create !== undefined && { create: given.given.create }),
    set: given.given?.set ?? NO_POLICIES,
    kept: counters.kept?.counters ?? {},
    keptAt: counters.kept === null || counters.kept.whole ? null : counters.kept.at,
    warm(question, signal) {
      const ask = history;
      // What came a moment ago is recorded first.
      return ask === null ? null : archive.flush().then(() => ask(question, signal));
    },
    onCounted: counters.changed,
    alerted: book.alerted,
    onApplied: book.applied,
    emit: archive.emit,
    awaitMetering: archive.awaitMetering,
    readAhead: createLookAhead({
      priceAhead: archive.priceAhead,
      plainOf: (bytes, coding) => plainOf(bytes, coding, READ_AHEAD),
    }),
    limitsOf(facts, { status, headerLines }, at) {
      const recognised = hosts.recognise(facts.host);
      if (recognised === null) return null;
      const { method, host, path, query } = facts;
      const head = { recognised, method, host, path, query, requestLines: '', status };
      return readLimits({ ...head, responseLines: headerLines, startedAt: facts.at }, null, at);
    },
    now: wallMicroseconds,
    log: given.log,
    sources: {
      hostFacts: hosts.of,
      processName: (key) => processes.get(key) ?? null,
      // As the recorder names it: told from the redacted head.
      credential(headerLines, target) {
        redactor ??= createRedactor({ fingerprint, rules: rulesWith(redactionNames) });
        const question = target.indexOf('?');
        const query = question < 0 ? '' : redactor.target(target).slice(question);
        return credentialOf(redactor.headers(headerLines, 'request'), query);
      },
      endpoint: () => null,
    },
  });
  const deaf = archive.onMetered((call, metered) => live.metered(call, metered));
  return {
    live,
    alerts: { alerts: book.alerts, showAlert: book.showAlert, changeAlert: book.changeAlert },
    noteProcess(key, name) {
      if (processes.size >= PROCESSES) processes.clear();
      processes.set(key, name);
    },
    budgets: (reader) =>
      createBudgetsFace({
        reader,
        set: () => live.set,
        gauges: (policy) => live.gauges(policy, MOST_GAUGES),
        now: wallMicroseconds,
      }),
    declare: hosts.declare,
    warmBy(ask) {
      history = ask;
    },
    redact(names) {
      redactionNames = names;
      redactor = null;
    },
    async close() {
      // What the last calls used belongs to the counters; a disk in trouble is not waited for.
      if (!live.idle) await Promise.race([archive.flush(), sleep(LAST_WORDS_MS, undefined, { ref: false })]);
      deaf();
      live.stop();
      await counters.close();
      return book.close();
    },
  };
}
