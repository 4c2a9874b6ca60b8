import type { Db } from './open.ts';
import { prepared } from './read-rows.ts';
import type { WordFinder } from './query-sql.ts';

/** The dictionary as readers use it: texts by id, and ids by pattern. */
export interface WordReader extends WordFinder {
  text(id: number): string;
  /** What somebody put on a call. */
  marksOf(call: number): { pinned: number | null; note: string | null };
}

const NO_MARKS = { pinned: null, note: null };
const REMEMBERED = 100_000;

export function createWordReader(db: Db): WordReader {
  // Ids are never given again, so what was read once stays true.
  const texts = new Map<number, string>();
  return {
    text(id) {
      let text = texts.get(id);
      if (text === undefined) {
        text =
          (prepared(db, 'SELECT text FROM words WHERE id = ?').get(id) as { text: string } | undefined)?.text ?? '';
        if (texts.size >= REMEMBERED) texts.clear();
        texts.set(id, text);
      }
      return text;
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
