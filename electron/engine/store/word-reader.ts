import type { ProcessSummary } from '../../../shared/model/caller.ts';
import type { ShownUsage } from './call-row.ts';
import { readAliases } from './endpoint-aliases.ts';
import type { Db } from './open.ts';
import type { Recognise } from './picture-rows.ts';
import { WORD } from './codes.ts';
import { readProcess } from './process-rows.ts';
import { prepared } from './read-rows.ts';
import type { WordFinder } from './query-sql.ts';

/** The dictionary as readers use it: texts by id, and ids by pattern. */
export interface WordReader extends WordFinder {
  text(id: number): string;
  /** An app's name as it is shown: people rename and merge, nothing recorded is rewritten. */
  appName(id: number): string;
  /** One word for all that are shown under the same name. */
  appOf(id: number): number;
  /** Whether some app is shown under another name than it was recorded with. */
  readonly renamesApps: boolean;
  /** Who is behind the word of a process; null when nobody said. */
  processOf(id: number): ProcessSummary | null;
  /** Whose a host is; both null where nobody knows. */
  ownerOf(host: number): Owner;
  /** What an endpoint of a host counts as now. */
  endpointOf(host: number, endpoint: number): number;
  /** What a call used; null when nothing was metered. */
  usageOf(call: number): ShownUsage | null;
  /** What somebody put on a call. */
  marksOf(call: number): { pinned: number | null; note: string | null };
}

/** Ids of the company behind a host, and of its service. */
export interface Owner {
  vendor: string | null;
  service: string | null;
}

const NOBODY: Owner = { vendor: null, service: null };
const NO_MARKS = { pinned: null, note: null };
const REMEMBERED = 100_000;
/** Chars of texts that are remembered: tags may be long. */
const REMEMBERED_CHARS = 16 * 1024 * 1024;
const REMEMBERED_PROCESSES = 10_000;

/** `appNames`: recorded to shown names, as they are now; `recognise`: whose a host is, another function when that changed. */
export function createWordReader(
  db: Db,
  appNames: () => ReadonlyMap<string, string>,
  recognise: () => Recognise,
): WordReader {
  // Ids are never given again, so what was read once stays true.
  const texts = new Map<number, string>();
  const processes = new Map<number, ProcessSummary>();
  let chars = 0;
  /** For what `recognise` was at that moment. */
  let owners: { by: Recognise; of: Map<number, Owner> } | null = null;
  /** For the names of that moment: shown name → one of its words. */
  let merged: { of: ReadonlyMap<string, string>; words: Map<string, number> } | null = null;
  // Not called deterministic: names may change under a statement that is kept.
  db.function('shown_app', (name: string | null) => (name === null ? null : (appNames().get(name) ?? name)));

  function appName(id: number): string {
    const name = text(id);
    return appNames().get(name) ?? name;
  }

  function text(id: number): string {
    let known = texts.get(id);
    if (known === undefined) {
      known = (prepared(db, 'SELECT text FROM words WHERE id = ?').get(id) as { text: string } | undefined)?.text ?? '';
      if (texts.size >= REMEMBERED || chars > REMEMBERED_CHARS) {
        texts.clear();
        chars = 0;
      }
      texts.set(id, known);
      chars += known.length;
    }
    return known;
  }

  function ownerOf(host: number): Owner {
    const by = recognise();
    if (owners?.by !== by) owners = { by, of: new Map() };
    let owner = owners.of.get(host);
    if (owner === undefined) {
      owner = by(text(host)) ?? NOBODY;
      if (owners.of.size >= REMEMBERED) owners.of.clear();
      owners.of.set(host, owner);
    }
    return owner;
  }

  return {
    text,
    appName,
    ownerOf,
    endpointOf: (host, endpoint) => readAliases(db).get(host)?.get(endpoint) ?? endpoint,
    usageOf(call) {
      const row = prepared(db, 'SELECT provenance, cost, model, input, output FROM usages WHERE call = ?').get(call) as
        | (Omit<ShownUsage, 'model'> & { model: number | null })
        | undefined;
      return row ? { ...row, model: row.model === null ? null : text(row.model) } : null;
    },
    hostsWhere(test) {
      return (prepared(db, 'SELECT id FROM words WHERE kind = ?').all(WORD.host) as { id: number }[])
        .map(({ id }) => id)
        .filter((id) => test(ownerOf(id)));
    },
    aliases: () => readAliases(db),
    appOf(id) {
      const names = appNames();
      if (names.size === 0 || id === 0) return id;
      if (merged?.of !== names) merged = { of: names, words: new Map() };
      const name = appName(id);
      let word = merged.words.get(name);
      if (word === undefined) merged.words.set(name, (word = id));
      return word;
    },
    get renamesApps() {
      return appNames().size > 0;
    },
    appsWhere(test) {
      return (prepared(db, 'SELECT id, text FROM words WHERE kind = ?').all(WORD.app) as { id: number; text: string }[])
        .filter(({ text: name }) => test(appNames().get(name) ?? name))
        .map(({ id }) => id);
    },
    processesWhere({ where, values }) {
      return (prepared(db, `SELECT word FROM processes WHERE ${where}`).all(...values) as { word: number }[]).map(
        ({ word }) => word,
      );
    },
    processOf(id) {
      const known = processes.get(id);
      if (known) return known;
      const found = readProcess(db, id);
      if (found === null) return null; // it may be told any moment
      if (processes.size >= REMEMBERED_PROCESSES) processes.clear();
      processes.set(id, found);
      return found;
    },
    marksOf(call) {
      return (
        (prepared(db, 'SELECT pinned, note FROM marks WHERE call = ?').get(call) as
          | { pinned: number; note: string | null }
          | undefined) ?? NO_MARKS
      );
    },
    markedCalls() {
      return (prepared(db, 'SELECT call FROM marks').all() as { call: number }[]).map(({ call }) => call);
    },
    idsLike(kind, like) {
      return (
        prepared(db, "SELECT id FROM words WHERE kind = ? AND text LIKE ? ESCAPE '\\'").all(kind, like) as {
          id: number;
        }[]
      ).map(({ id }) => id);
    },
    openCalls() {
      return (prepared(db, 'SELECT call FROM loose WHERE open = 1').all() as { call: number }[]).map(
        ({ call }) => call,
      );
    },
    idsWhere(kind, test) {
      return (prepared(db, 'SELECT id, text FROM words WHERE kind = ?').all(kind) as { id: number; text: string }[])
        .filter(({ text }) => test(text))
        .map(({ id }) => id);
    },
  };
}
