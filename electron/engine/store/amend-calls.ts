import type { Identified } from '../../../shared/events/call-event.ts';
import { identify } from '../../../shared/events/fold.ts';
import { recordOf } from './call-row.ts';
import type { CallRow } from './call-row.ts';
import { callerColumns } from './caller-columns.ts';
import type { Db } from './open.ts';
import { readRow, readStored } from './read-rows.ts';
import type { Words } from './words.ts';

/** A row as it was and as it is. */
export interface Amended {
  before: CallRow;
  after: CallRow;
}

/**
 * Takes into stored rows what was learnt late of who made the calls. Gives the rows that changed, each once; calls that are
 * not there (deleted, evicted, never recorded) are passed over. Within the caller's transaction.
 */
export function createAmender(db: Db, words: Words): (late: readonly Identified[], day: number) => Amended[] {
  const put = db.prepare(
    'UPDATE calls SET app = ?, flags = ?, process = ?, site = ?, tags = ?, trace = ? WHERE id = ?',
  );

  function amend(id: number, facts: readonly Identified[], day: number): Amended | null {
    const before = readRow(db, id);
    const stored = before && readStored(db, id);
    if (!before || !stored) return null;
    const record = recordOf(stored);
    const { site } = record;
    for (const fact of facts) identify(record, fact);
    const sameSite = record.site === site;
    if (sameSite) record.site = null; // its stack was not read: the word stays
    const columns = callerColumns(record, before.flags, words, day);
    if (sameSite) columns.site = before.site;
    const same =
      columns.app === before.app &&
      columns.flags === before.flags &&
      columns.process === before.process &&
      columns.site === before.site &&
      columns.tags === before.tags &&
      (columns.trace === before.trace ||
        (columns.trace !== null && before.trace !== null && columns.trace.equals(before.trace)));
    if (same) return null;
    const { app, flags, process, trace, tags } = columns;
    put.run(app, flags, process, columns.site, tags, trace, id);
    return { before, after: { ...before, ...columns } };
  }

  return (late, day) => {
    const byCall = new Map<number, Identified[]>();
    for (const fact of late) {
      const facts = byCall.get(fact.call);
      if (facts) facts.push(fact);
      else byCall.set(fact.call, [fact]);
    }
    const amended: Amended[] = [];
    for (const [id, facts] of byCall) {
      const change = amend(id, facts, day);
      if (change) amended.push(change);
    }
    return amended;
  };
}
