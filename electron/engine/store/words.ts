import type { CallSite } from '../../../shared/model/caller.ts';
import { siteText } from './caller-columns.ts';
import type { WordKind } from './codes.ts';
import { WORD } from './codes.ts';
import type { Db } from './open.ts';

/**
 * The dictionary: text that repeats over calls (hosts, apps, methods, paths …) is stored once and
 * named by a number. Each word knows the last day a call used it.
 */
export interface Words {
  /** The id of a text; makes one when it is new. */
  idOf(kind: WordKind, text: string, day: number): number;
  /** For paths: the id when the text was seen before, else the text itself (ids in paths are mostly unique). */
  idOrText(text: string, day: number): number | string;
  /** The id of a place in a program; its stack is kept behind it. */
  siteOf(site: CallSite, day: number): number;
  /** Forgets what it knows: after a transaction was undone, or when words went. */
  reset(): void;
}

const REMEMBERED = 50_000;
/** Places are long: a thousand chars each. */
const REMEMBERED_SITES = 5000;

interface Known {
  id: number;
  day: number;
}

export function createWords(db: Db): Words {
  const find = db.prepare<[number, string], { id: number; day: number }>(
    'SELECT id, day FROM words WHERE kind = ? AND text = ?',
  );
  const add = db.prepare('INSERT INTO words (kind, text, day) VALUES (?, ?, ?)');
  const touch = db.prepare('UPDATE words SET day = ? WHERE id = ?');
  const addFrames = db.prepare('INSERT OR IGNORE INTO sites (word, frames) VALUES (?, ?)');
  const known: Map<string, Known>[] = [];
  const sites = new Map<string, Known>();
  let seenOnce = new Set<string>();

  function recall(kind: WordKind, text: string): Known | undefined {
    const cache = (known[kind] ??= new Map());
    const hit = cache.get(text);
    if (hit) return hit;
    const row = find.get(kind, text);
    if (row) remember(cache, text, row);
    return row;
  }

  function remember(cache: Map<string, Known>, text: string, entry: Known): void {
    if (cache.size >= REMEMBERED) cache.clear();
    cache.set(text, entry);
  }

  function use(entry: Known, day: number): number {
    if (entry.day < day) {
      touch.run(day, entry.id);
      entry.day = day;
    }
    return entry.id;
  }

  function insert(kind: WordKind, text: string, day: number): number {
    const id = Number(add.run(kind, text, day).lastInsertRowid);
    remember((known[kind] ??= new Map()), text, { id, day });
    return id;
  }

  return {
    idOf(kind, text, day) {
      const entry = recall(kind, text);
      return entry ? use(entry, day) : insert(kind, text, day);
    },
    idOrText(text, day) {
      // Filters rely on every word of a path being empty or beginning with a slash.
      if (text !== '' && text.charCodeAt(0) !== 47) return text;
      const cache = (known[WORD.path] ??= new Map());
      const hit = cache.get(text);
      if (hit) return use(hit, day);
      if (!seenOnce.has(text)) {
        if (seenOnce.size >= REMEMBERED) seenOnce = new Set();
        seenOnce.add(text);
        return text;
      }
      const entry = recall(WORD.path, text);
      return entry ? use(entry, day) : insert(WORD.path, text, day);
    },
    siteOf(site, day) {
      const frames = JSON.stringify(site.frames);
      const whole = `${site.package}\n${site.callsite}\n${frames}`;
      const hit = sites.get(whole);
      if (hit) return use(hit, day);
      const text = siteText(site, frames);
      let entry = find.get(WORD.site, text);
      if (entry) use(entry, day);
      else {
        entry = { id: Number(add.run(WORD.site, text, day).lastInsertRowid), day };
        addFrames.run(entry.id, frames);
      }
      if (sites.size >= REMEMBERED_SITES) sites.clear();
      sites.set(whole, entry);
      return entry.id;
    },
    reset() {
      sites.clear();
      known.length = 0;
    },
  };
}
