import { hasBit, hashNumber } from './bits.ts';
import { WORD } from './codes.ts';
import type { Db } from './open.ts';

/**
 * Takes words out that nobody uses any more: processes, places and tags are many and pass with their calls. (Hosts, apps and
 * the like stay: sums name them for ever.) A word goes when no call used it since the day before the oldest call, and no
 * block of calls that is there may have it; blocks never say no wrongly.
 */
export interface WordSweeper {
  /** One small step; true when there is more to do now. `oldest`: when the oldest call started, microseconds. */
  step(oldest: number | null, today: number): boolean;
}

const SWEPT = [WORD.process, WORD.site, WORD.tags] as const;
const WORDS_AT_ONCE = 500;
const BLOCKS_AT_ONCE = 500;

interface Round {
  candidates: Map<number, number>; // word → its hash
  nextBlock: number;
}

/** What the writer of calls lets its sweeper touch. */
interface Inside {
  transaction(work: () => void): void;
  /** Writes the summaries of all blocks. */
  summarise(): void;
  /** Words are gone: nobody may go on using what it remembers of them. */
  forget(): void;
}

export function createWordSweeper(db: Db, { transaction, summarise, forget }: Inside): WordSweeper {
  const find = db.prepare<[number, number, number], { id: number; kind: number }>(
    `SELECT id, kind FROM words WHERE id > ? AND kind IN (${SWEPT.join(', ')}) AND day < ? ORDER BY id LIMIT ?`,
  );
  const blocks = db.prepare<[number, number], { block: number; terms: Buffer }>(
    'SELECT block, terms FROM blocks WHERE block >= ? ORDER BY block LIMIT ?',
  );
  // A call may have used it since it was found.
  const dropWord = db.prepare('DELETE FROM words WHERE id = ? AND day < ?');
  const dropBehind = ['DELETE FROM processes WHERE word = ?', 'DELETE FROM sites WHERE word = ?'].map((sql) =>
    db.prepare(sql),
  );
  const dropLinks = db.prepare('DELETE FROM app_processes WHERE process NOT IN (SELECT word FROM processes)');
  /** What only these name: profiles of processes, programs and commands of what was not seen. */
  const dropLoose = db.prepare(
    `DELETE FROM words WHERE day < ? AND (
       (kind = ${WORD.profile} AND id NOT IN (SELECT profile FROM processes))
       OR (kind = ${WORD.program} AND id NOT IN (SELECT process FROM not_seen))
       OR (kind = ${WORD.command} AND id NOT IN (SELECT command FROM not_seen WHERE command IS NOT NULL)))`,
  );
  let after = 0;
  let round: Round | null = null;
  let dropped = 0;

  return {
    step(oldest, today) {
      const before = Math.min(today, oldest === null ? today : Math.floor(oldest / 86_400_000_000)) - 1;
      if (round === null) {
        const rows = find.all(after, before, WORDS_AT_ONCE);
        if (rows.length === 0) {
          after = 0;
          transaction(() => {
            if (dropLoose.run(before).changes > 0 || dropped > 0) {
              dropLinks.run();
              forget();
            }
          });
          dropped = 0;
          return false;
        }
        transaction(summarise);
        after = rows.at(-1)!.id;
        round = { candidates: new Map(rows.map(({ id, kind }) => [id, hashNumber(kind, id)])), nextBlock: 0 };
      }
      const { candidates } = round;
      const read = blocks.all(round.nextBlock, BLOCKS_AT_ONCE);
      for (const { terms } of read) for (const [id, hash] of candidates) if (hasBit(terms, hash)) candidates.delete(id);
      if (read.length === BLOCKS_AT_ONCE && candidates.size > 0) {
        round.nextBlock = read.at(-1)!.block + 1;
        return true;
      }
      const gone = [...candidates.keys()];
      round = null;
      if (gone.length === 0) return true;
      transaction(() => {
        for (const id of gone) {
          if (dropWord.run(id, before).changes === 0) continue;
          for (const drop of dropBehind) drop.run(id);
        }
        forget();
      });
      dropped += gone.length;
      return true;
    },
  };
}
