import type { ProcessSummary } from '../../../shared/model/caller.ts';
import type { Db } from './open.ts';
import { readProcess } from './process-rows.ts';
import { prepared } from './read-rows.ts';
import type { WordFinder } from './query-sql.ts';

/** The dictionary as readers use it: texts by id, and ids by pattern. */
export interface WordReader extends WordFinder {
  text(id: number): string;
  /** Who is behind the word of a process; null when nobody said. */
  processOf(id: number): ProcessSummary | null;
  /** What somebody put on a call. */
  marksOf(call: number): { pinned: number | null; note: string | null };
}

const NO_MARKS = { pinned: null, note: null };
const REMEMBERED = 100_000;
/** Chars of texts that are remembered: tags may be long. */
const REMEMBERED_CHARS = 16 * 1024 * 1024;
const REMEMBERED_PROCESSES = 10_000;

export function createWordReader(db: Db): WordReader {
  // Ids are never given again, so what was read once stays true.
  const texts = new Map<number, string>();
  const processes = new Map<number, ProcessSummary>();
  let chars = 0;
  return {
    text(id) {
      let text = texts.get(id);
      if (text === undefined) {
        text =
          (prepared(db, 'SELECT text FROM words WHERE id = ?').get(id) as { text: string } | undefined)?.text ?? '';
        if (texts.size >= REMEMBERED || chars > REMEMBERED_CHARS) {
          texts.clear();
          chars = 0;
        }
        texts.set(id, text);
        chars += text.length;
      }
      return text;
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
