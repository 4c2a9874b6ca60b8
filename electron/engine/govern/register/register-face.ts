import type { PolicyProblem, PolicyRow, PolicyVersion } from '../../../../shared/contract/policies.ts';
import { compareTexts } from '../../../../shared/diff/unified.ts';
import type { PolicyVersionRow, PolicyVersionText } from '../../store/policy-versions.ts';
import type { Mode } from '../../../../shared/model/policy.ts';
import { addException, bodyOf, idOfPolicy, putPolicy, removePolicy, setMode } from './edit-policies.ts';
import { checkPolicyText, mistakeAt, readPolicyText, type PolicyFacts } from './read-policies.ts';
import type { ChangedBy, NotChanged, PoliciesNow, PolicyRegister } from './register.ts';
import { firstLines } from './starter.ts';
import { runFileTests, type TestOutcome } from './run-file-tests.ts';

type Hits = PolicyRow['hits'];

/** Where versions are read, and what policies did. */
export interface PolicyReader {
  policyVersions(): Promise<readonly PolicyVersionRow[]>;
  policyVersion(version: number): Promise<PolicyVersionText | null>;
  /** By policy, in a span of microseconds since the epoch. */
  hits(span: { since: number; until: number }): Promise<ReadonlyMap<string, Hits>>;
}

type Applied = { version: number; problems: PolicyProblem[] };
type NotFound = { problem: 'not-found' };
type NotRunning = { problem: 'not-running' };
type Outcome = Promise<Applied | NotChanged | NotRunning>;

/** The contract’s answers about the policy file. */
export interface FilePolicies {
  get(asked: {
    since: number;
    until: number;
  }): Promise<{ file: string; text: string; version: number; problems: PolicyProblem[]; policies: PolicyRow[] }>;
  check(asked: { text: string }): Promise<{ problems: PolicyProblem[]; policies: Omit<PolicyRow, 'hits'>[] }>;
  test(asked: {
    text?: string | undefined;
  }): Promise<{ tests: TestOutcome[] } | { problem: 'bad-policies'; problems: PolicyProblem[] }>;
  apply(asked: { text: string } & ChangedBy): Outcome;
  change(asked: { id: string; mode?: Mode | undefined; text?: string | null | undefined } & ChangedBy): Outcome;
  except(
    asked: { policy: string; match: Record<string, string | string[]>; owner: string; expires: string } & ChangedBy,
  ): Outcome;
  versions(): Promise<{ versions: PolicyVersion[] }>;
  version(asked: { version: number }): Promise<(PolicyVersion & { text: string; diff: string }) | NotFound>;
  restore(asked: { version: number } & ChangedBy): Outcome;
}

const NO_HITS: Hits = { asked: 0, denied: 0, waited: 0, waitUs: 0, faults: 0, lastAt: null };

/** What an engine answers of its policy file. */
export function createPoliciesFace(given: {
  register: PolicyRegister;
  reader: PolicyReader;
  /** The schema for editors. */
  schema: string;
}): FilePolicies {
  const { register, reader, schema } = given;
  const done = (outcome: { version: number } | NotChanged): Applied | NotChanged =>
    'problem' in outcome ? outcome : { ...outcome, problems: [...register.now.problems] };
  const begun = (text: string | null): string =>
    text ??
    `${firstLines(register.now.file, schema)}
`;

  return {
    ...answers(() => {
      register.look();
      return register.now;
    }, reader),
    apply: async ({ text, ...by }) => done(await register.replace(text, by)),
    async change({ id, mode, text, ...by }) {
      if (typeof text === 'string' && bodyOf(text) === null) return noPolicy();
      return done(
        await register.edit((file) => {
          let after: string | null = begun(file);
          if (text === null) after = removePolicy(after, id);
          else if (text !== undefined) after = putPolicy(after, id, text);
          if (mode !== undefined && after !== null) after = setMode(after, idOfPolicy(text ?? '') ?? id, mode);
          return after;
        }, by),
      );
    },
    async except({ policy, match, owner, expires, ...by }) {
      const { reason } = by;
      const exception = { policy, match, owner, ...(reason !== undefined && { reason }), expires };
      const isThere = policy === '*' || register.now.policies.some(({ id }) => id === policy);
      if (!isThere) return { problem: 'not-found' };
      return done(await register.edit((file) => addException(begun(file), exception), by));
    },
    async restore({ version, ...by }) {
      const kept = await reader.policyVersion(version);
      if (kept === null) return { problem: 'not-found' };
      const reason = by.reason ?? `Version ${version} again`;
      return done(await register.replace(kept.text, { ...by, reason }));
    },
  };
}

/** What can be answered of a folder on which no engine runs: reading and trying. Changes need an engine, which keeps who made them and why. */
export function readPoliciesOffline(now: PoliciesNow, reader: PolicyReader): FilePolicies {
  const notRunning = async (): Promise<NotRunning> => ({ problem: 'not-running' });
  return {
    ...answers(() => now, reader),
    apply: notRunning,
    change: notRunning,
    except: notRunning,
    restore: notRunning,
  };
}

function answers(
  current: () => PoliciesNow,
  reader: PolicyReader,
): Pick<FilePolicies, 'get' | 'check' | 'test' | 'versions' | 'version'> {
  const rowOf = (facts: PolicyFacts, now: PoliciesNow): Omit<PolicyRow, 'hits'> => ({
    ...facts,
    changedAt: now.changedAt[facts.id] ?? null,
  });
  return {
    async get({ since, until }) {
      const now = current();
      const hits = await reader.hits({ since, until });
      return {
        file: now.file,
        text: now.onDisk,
        version: now.version,
        problems: [...now.problems],
        policies: now.policies.map((facts) => ({ ...rowOf(facts, now), hits: hits.get(facts.id) ?? { ...NO_HITS } })),
      };
    },
    async check({ text }) {
      const { problems, policies } = checkPolicyText(text);
      const now = current();
      return { problems, policies: policies.map((facts) => rowOf(facts, now)) };
    },
    async test({ text = current().onDisk }) {
      const read = readPolicyText(text);
      if ('problems' in read) return { problem: 'bad-policies', problems: read.problems };
      return { tests: runFileTests(read.value) };
    },
    async versions() {
      return { versions: (await reader.policyVersions()).map(shown) };
    },
    async version({ version }) {
      const kept = await reader.policyVersion(version);
      if (kept === null) return { problem: 'not-found' };
      const before = await reader.policyVersion(version - 1);
      const names = { before: before ? `version ${version - 1}` : '/dev/null', after: `version ${version}` };
      const { unified } = compareTexts(before?.text ?? '', kept.text, names);
      return { ...shown(kept), text: kept.text, diff: unified };
    },
  };
}

function shown({ version, at, author, reason, added, removed, changes }: PolicyVersionRow): PolicyVersion {
  return { version, at, author, reason, added, removed, changes };
}

function noPolicy(): NotChanged {
  const says = 'This is no policy: give its keys (id, kind, …), or one item of a list of policies.';
  return { problem: 'bad-policies', problems: [mistakeAt({ line: 1, column: 1, says })] };
}
