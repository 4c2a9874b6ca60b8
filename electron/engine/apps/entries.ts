import type { App } from '../../../shared/contract/apps.ts';
import { storedName } from '../capture/attach/app-name.ts';

/** A secret as it is kept: never itself. Times in microseconds since the epoch. */
export interface StoredCredential {
  id: string;
  /** base64url, as the hash. */
  salt: string;
  hash: string;
  createdAt: number;
  lastUsedAt: number | null;
  endsAt: number | null;
}

/** What people say of one app. One that was merged into another keeps all that was said of it, so that it can be split off. */
export interface Entry {
  /** As it is shown; one of `names`. */
  name: string;
  /** Names that calls are recorded under; each belongs to one entry only. */
  names: readonly string[];
  /** The shown name of the app it counts as; null when it is an app of its own. */
  into: string | null;
  owner: string | null;
  team: string | null;
  criticality: App['criticality'];
  credentials: readonly StoredCredential[];
}

export type Entries = readonly Entry[];

/** Why something cannot be said: there is no such app, or what stands in the way and what to do instead. */
export type Problem = { problem: 'not-found'; name: string } | { problem: 'bad'; why: string; remedy: string };
export type Changed = { entries: Entries; name: string } | Problem;

/** Whether calls were recorded under a name that nobody has said anything of. */
export type IsSeen = (name: string) => boolean;

/** A name as it may stand in records and in credentials; null when nothing is left of it. */
export function readName(text: string): string | null {
  const name = storedName(text.trim()).toWellFormed();
  return name === '' ? null : name;
}

const bad = (why: string, remedy: string): Problem => ({ problem: 'bad', why, remedy });

export function emptyEntry(name: string): Entry {
  return { name, names: [name], into: null, owner: null, team: null, criticality: null, credentials: [] };
}

export function entryOf(entries: Entries, name: string): Entry | null {
  return entries.find(({ names }) => names.includes(name)) ?? null;
}

/** The app that an entry counts as: itself, or what it was merged into. */
export function appOf(entries: Entries, entry: Entry): Entry {
  let found = entry;
  // Bounded, should a file say that two count as each other.
  for (let step = 0; found.into !== null && step < entries.length; step++) {
    const { into } = found;
    found = entries.find(({ name }) => name === into) ?? found;
  }
  return found;
}

/** Each recorded name that is shown as another. */
export function shownNames(entries: Entries): Map<string, string> {
  const shown = new Map<string, string>();
  for (const entry of entries) {
    const { name } = appOf(entries, entry);
    for (const recorded of entry.names) if (recorded !== name) shown.set(recorded, name);
  }
  return shown;
}

/** The entries that count as an app, its own first. */
export function partsOf(entries: Entries, app: Entry): Entry[] {
  return [app, ...entries.filter((entry) => entry !== app && appOf(entries, entry) === app)];
}

/** The app a name stands for, made when there is none yet and `may` says so. */
function withApp(entries: Entries, name: string, may: boolean): { entries: Entries; app: Entry } | null {
  const entry = entryOf(entries, name);
  if (entry !== null) return { entries, app: appOf(entries, entry) };
  if (!may) return null;
  const app = emptyEntry(name);
  return { entries: [...entries, app], app };
}

function replace(entries: Entries, entry: Entry, by: Entry): Entries {
  return entries.map((other) => {
    if (other === entry) return by;
    return other.into === entry.name && entry.name !== by.name ? { ...other, into: by.name } : other;
  });
}

/** Says who owns an app; one that made no calls yet may be declared. */
export function declareApp(
  entries: Entries,
  name: string,
  said: Partial<Pick<Entry, 'owner' | 'team' | 'criticality'>>,
): { entries: Entries; name: string } {
  const { entries: all, app } = withApp(entries, name, true)!;
  return { entries: replace(all, app, { ...app, ...said }), name: app.name };
}

/** Changes the secrets of an app; `id`: of the part of it that holds this one. */
export function changeCredentials(
  entries: Entries,
  name: string,
  id: string | null,
  change: (credentials: readonly StoredCredential[]) => readonly StoredCredential[] | Problem,
): Changed {
  const found = withApp(entries, name, id === null);
  const part =
    id === null
      ? found?.app
      : found && partsOf(entries, found.app).find(({ credentials }) => credentials.some((one) => one.id === id));
  if (!found || !part) return { problem: 'not-found', name: found ? (id ?? name) : name };
  const credentials = change(part.credentials);
  if ('problem' in credentials) return credentials;
  return { entries: replace(found.entries, part, { ...part, credentials }), name: found.app.name };
}

/** Shows an app under another name; the names its calls were recorded under stay its own. */
export function renameApp(entries: Entries, name: string, wanted: string, isSeen: IsSeen): Changed {
  const found = withApp(entries, name, isSeen(name));
  if (found === null) return { problem: 'not-found', name };
  const newName = readName(wanted);
  if (newName === null) return bad('A name has at least one letter, digit or sign.', 'Say another name.');
  const { app } = found;
  if (app.names.includes(newName))
    return { entries: replace(found.entries, app, { ...app, name: newName }), name: newName };
  const holder = entryOf(entries, newName);
  if (holder !== null && appOf(entries, holder) === app)
    return bad(`“${newName}” was merged into “${app.name}”.`, `Split it off first: it has a name of its own.`);
  if (holder !== null || isSeen(newName))
    return bad(
      `“${newName}” is another app already.`,
      `Choose another name, or count them as one by merging “${app.name}” into “${newName}”.`,
    );
  const renamed = { ...app, name: newName, names: [...app.names, newName] };
  return { entries: replace(found.entries, app, renamed), name: newName };
}

/** Counts other apps as this one; what was said of them is kept for the day they are split off. */
export function mergeApps(entries: Entries, name: string, others: readonly string[], isSeen: IsSeen): Changed {
  let found = withApp(entries, name, isSeen(name));
  if (found === null) return { problem: 'not-found', name };
  const into = found.app.name;
  let all = found.entries;
  for (const other of others) {
    found = withApp(all, other, isSeen(other));
    if (found === null) return { problem: 'not-found', name: other };
    all = found.entries;
    if (found.app.name === into) {
      if (others.length > 1) continue;
      return bad(`“${other}” counts as “${into}” already.`, 'There is nothing to merge.');
    }
    all = replace(all, found.app, { ...found.app, into });
  }
  return { entries: all, name: into };
}

/** Counts a name on its own again: an app that was merged, or one of the names of before. */
export function splitApp(entries: Entries, name: string, other: string): Changed {
  const entry = entryOf(entries, name);
  const part = entryOf(entries, other);
  if (entry === null) return { problem: 'not-found', name };
  const app = appOf(entries, entry);
  if (part === null || appOf(entries, part) !== app) return { problem: 'not-found', name: other };
  if (part.name === other) {
    if (part === app)
      return bad(`“${other}” is the name that the app is shown by.`, 'Give the app another name first.');
    return { entries: replace(entries, part, { ...part, into: null }), name: app.name };
  }
  const without = { ...part, names: part.names.filter((own) => own !== other) };
  return { entries: [...replace(entries, part, without), emptyEntry(other)], name: app.name };
}

/** Without those of whom nothing is said any more. */
export function worthKeeping(entries: Entries): Entries {
  const targets = new Set(entries.map(({ into }) => into));
  return entries.filter(
    ({ name, names, into, owner, team, criticality, credentials }) =>
      names.length > 1 ||
      into !== null ||
      owner !== null ||
      team !== null ||
      criticality !== null ||
      credentials.length > 0 ||
      targets.has(name),
  );
}
