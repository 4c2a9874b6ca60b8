/**
 * Which policies spoke of a call and what they said, as one word (few combinations are many calls), and how long it was held.
 * `decisions` are sums for pages: of all policies that spoke, by the hour and the day.
 */
export const sql = `
ALTER TABLE calls ADD COLUMN policies INTEGER;   -- words: a line for each, 'id=verdict'
ALTER TABLE calls ADD COLUMN held INTEGER;       -- microseconds; NULL = not at all

CREATE TABLE decisions (
  period INTEGER NOT NULL,      -- 1 hour, 2 day, as in rollups
  start INTEGER NOT NULL,       -- seconds since the epoch
  policies INTEGER NOT NULL,    -- words
  host INTEGER NOT NULL,
  app INTEGER NOT NULL,         -- 0 = not known
  calls INTEGER NOT NULL,
  held INTEGER NOT NULL,        -- microseconds
  last_at INTEGER NOT NULL,     -- when the newest of them began, microseconds since the epoch
  PRIMARY KEY (period, start, policies, host, app)
) WITHOUT ROWID;
`;
