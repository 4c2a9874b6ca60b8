/**
 * What people put on calls (`marks`), counts by one field at a time for closed calls (`facets`), and bodies whose call was
 * deleted and who may be somebody else's too (`orphans`). Counts of the calls that are there are made here; `facet_seq`
 * says so.
 */
const FIELDS: readonly [field: number, value: string][] = [
  [1, 'COALESCE(status, 0)'],
  [2, 'method'],
  [3, 'COALESCE(type, 0)'],
  [4, 'COALESCE(failure, 0)'],
  [5, '(flags >> 10) & 7'],
];

export const sql = `
CREATE TABLE marks (call INTEGER PRIMARY KEY, pinned INTEGER NOT NULL, note TEXT);

CREATE TABLE facets (
  period INTEGER NOT NULL,      -- as in rollups
  field INTEGER NOT NULL,       -- see facet-sums.ts
  start INTEGER NOT NULL,       -- seconds since the epoch
  value INTEGER NOT NULL,       -- a word, a status, a code; 0 for none
  calls INTEGER NOT NULL,
  PRIMARY KEY (period, field, start, value)
) WITHOUT ROWID;

CREATE TABLE orphans (body INTEGER PRIMARY KEY);

${FIELDS.map(
  ([field, value]) => `INSERT INTO facets (period, field, start, value, calls)
  SELECT 0, ${field}, started_at / 60000000 * 60 AS minute, ${value} AS value, COUNT(*) FROM calls WHERE (flags & 1) = 0 GROUP BY minute, value;`,
).join('\n')}
INSERT INTO facets (period, field, start, value, calls)
  SELECT 1, field, start / 3600 * 3600 AS hour, value, SUM(calls) FROM facets WHERE period = 0 GROUP BY field, hour, value;
INSERT INTO facets (period, field, start, value, calls)
  SELECT 2, field, start / 86400 * 86400 AS day, value, SUM(calls) FROM facets WHERE period = 1 GROUP BY field, day, value;
INSERT OR REPLACE INTO meta (name, value) SELECT 'facet_seq', COALESCE((SELECT value FROM meta WHERE name = 'seq'), 0);
`;
