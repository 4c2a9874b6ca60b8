import type { App, Credential } from '../../../shared/contract/apps.ts';
import {
  appOf,
  declareApp,
  emptyEntry,
  entryOf,
  mergeApps,
  partsOf,
  readName,
  renameApp,
  shownNames,
  splitApp,
  type Entries,
  type Entry,
  type Problem,
} from './entries.ts';
import { readRegister } from './register-file.ts';
import type { Issued, Register } from './register.ts';

/** What calls tell of an app. */
export type SeenApp = Pick<
  App,
  | 'name'
  | 'names'
  | 'calls'
  | 'errors'
  | 'hosts'
  | 'topHosts'
  | 'firstSeen'
  | 'lastSeen'
  | 'processes'
  | 'project'
  | 'agent'
  | 'coverage'
>;

/** Who reads what is recorded. */
export interface SeenApps {
  /** Apps by the names they are shown by; times in microseconds. */
  listApps(span: { since: number; until: number }): Promise<{ apps: SeenApp[]; unnamed: number }>;
  /** From now on, each recorded name here is shown as the other. */
  setAppNames(names: Readonly<Record<string, string>>): void;
}

/** The contract's answers about apps while an engine runs. */
export interface Apps {
  list(span: { since: number; until: number }): Promise<{ apps: App[]; unnamed: number }>;
  /** What people say of apps, by the names they are shown under. */
  declared(): Readonly<Record<string, Pick<Entry, 'team' | 'criticality'>>>;
  readonly changes: AppChanges;
}

export interface AppChanges {
  change(
    asked: { name: string; newName?: string | undefined } & {
      [K in 'owner' | 'team' | 'criticality']?: Entry[K] | undefined;
    },
  ): Promise<{ name: string } | Problem>;
  merge(name: string, others: readonly string[]): Promise<{ name: string } | Problem>;
  split(name: string, other: string): Promise<{ name: string } | Problem>;
  addCredential(name: string): Promise<IssuedUrl | Problem>;
  rotateCredential(name: string, id: string, graceSeconds: number): Promise<IssuedUrl | Problem>;
  revokeCredential(name: string, id: string): Promise<{ revoked: boolean } | Problem>;
  /** Secrets for programs that are started here. */
  readonly local: Register['local'];
}

export interface IssuedUrl {
  credential: Credential;
  proxyUrl: string;
}

const NOTHING_SEEN: Omit<SeenApp, 'name' | 'names'> = {
  calls: 0,
  errors: 0,
  hosts: 0,
  topHosts: [],
  firstSeen: null,
  lastSeen: null,
  processes: [],
  project: null,
  agent: false,
  coverage: null,
};

export function createApps(given: {
  register: Register;
  seen: SeenApps;
  /** `HOST:PORT` under which programs reach the proxy. */
  proxyAt: () => string;
}): Apps {
  const { register, seen, proxyAt } = given;
  const tellNames = (): void => seen.setAppNames(Object.fromEntries(shownNames(register.entries)));
  register.onChanged(tellNames);
  tellNames();

  /** Names that calls came under, ever. */
  async function seenNames(): Promise<(name: string) => boolean> {
    // All that were ever seen are listed, whatever the span.
    const { apps } = await seen.listApps({ since: 0, until: 0 });
    const names = new Set(apps.flatMap((app) => [app.name, ...app.names]));
    return (name) => names.has(name);
  }

  function issued(result: Issued | Problem): IssuedUrl | Problem {
    if ('problem' in result) return result;
    const { name, secret, credential } = result;
    return {
      credential: shownCredential(credential),
      proxyUrl: `http://${encodeURIComponent(name)}:${secret}@${proxyAt()}`,
    };
  }

  const isNoName: Problem = {
    problem: 'bad',
    why: 'A name has at least one letter, digit or sign.',
    remedy: 'Say another name.',
  };

  return {
    list: async (span) => combine(await seen.listApps(span), register.entries),
    declared: () => declaredOf(register.entries),
    changes: {
      async change({ name, newName, ...said }) {
        const isSeen = await seenNames();
        const wanted = readName(name);
        if (wanted === null) return isNoName;
        const declared = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
        return register.edit((entries) => {
          const renamed =
            newName === undefined ? { entries, name: wanted } : renameApp(entries, wanted, newName, isSeen);
          return 'problem' in renamed ? renamed : declareApp(renamed.entries, renamed.name, declared);
        });
      },
      async merge(name, others) {
        const isSeen = await seenNames();
        return register.edit((entries) => mergeApps(entries, name, others, isSeen));
      },
      split: async (name, other) => register.edit((entries) => splitApp(entries, name, other)),
      async addCredential(name) {
        const wanted = readName(name);
        return wanted === null ? isNoName : issued(register.addCredential(wanted));
      },
      rotateCredential: async (name, id, graceSeconds) => issued(register.rotateCredential(name, id, graceSeconds)),
      revokeCredential: async (name, id) => register.revokeCredential(name, id),
      local: register.local,
    },
  };
}

/** The apps of a folder on which no engine runs. */
export function readApps(
  dataDir: string,
  seen: SeenApps,
  log: (line: string) => void,
): Pick<Apps, 'list' | 'declared'> {
  const { entries } = readRegister(dataDir, log, true);
  seen.setAppNames(Object.fromEntries(shownNames(entries)));
  return {
    list: async (span) => combine(await seen.listApps(span), entries),
    declared: () => declaredOf(entries),
  };
}

function declaredOf(entries: Entries): Record<string, Pick<Entry, 'team' | 'criticality'>> {
  const own = entries.filter(({ into }) => into === null);
  return Object.fromEntries(own.map(({ name, team, criticality }) => [name, { team, criticality }]));
}

/** What is seen and what is said, together; an app of which only one of them is known is one, too. */
function combine(
  { apps, unnamed }: { apps: SeenApp[]; unnamed: number },
  entries: Entries,
): { apps: App[]; unnamed: number } {
  const told = new Set<Entry>();
  const both = apps.map((one): App => {
    const entry = entryOf(entries, one.name);
    const app = entry === null ? null : appOf(entries, entry);
    if (app !== null) told.add(app);
    return describe(one, app ?? emptyEntry(one.name), entries);
  });
  const silent = entries
    .filter((entry) => entry.into === null && !told.has(entry))
    .map((entry) => describe({ name: entry.name, names: [], ...NOTHING_SEEN }, entry, entries));
  return { apps: [...both, ...silent], unnamed };
}

function describe(seen: SeenApp, app: Entry, entries: Entries): App {
  const parts = partsOf(entries, app);
  const { name, owner, team, criticality } = app;
  return {
    ...seen,
    name,
    names: [...new Set([name, ...parts.flatMap((part) => part.names), ...seen.names])],
    owner,
    team,
    criticality,
    credentials: parts.flatMap((part) => part.credentials).map(shownCredential),
  };
}

function shownCredential({ id, createdAt, lastUsedAt, endsAt }: Credential): Credential {
  return { id, createdAt, lastUsedAt, endsAt };
}
