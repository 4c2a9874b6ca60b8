/**
 * The first shape of calls.db. Rows are narrow: text that repeats is a word's id, headers and the
 * rest of the details lie in compressed pages of many calls. `calls` has no index but its id; what
 * would be one is a summary per block of calls (`blocks`), which is smaller and cheaper to write.
 */
export const sql = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE TABLE words (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again: readers remember them
  kind INTEGER NOT NULL,
  text TEXT NOT NULL,
  day INTEGER NOT NULL          -- last day (since the epoch) on which a call used it
);
CREATE UNIQUE INDEX words_text ON words (kind, text);

CREATE TABLE calls (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,  -- microseconds since the epoch
  flags INTEGER NOT NULL,       -- open, kind, source, protocols: see codes.ts
  status INTEGER,
  host INTEGER NOT NULL,        -- words
  path NOT NULL,                -- a word's id, or the text itself when it was not seen before
  duration INTEGER,             -- microseconds
  ttfb INTEGER,
  request_bytes INTEGER NOT NULL,
  response_bytes INTEGER NOT NULL,
  app INTEGER,                  -- words, as are all below up to decision
  method INTEGER NOT NULL,
  scheme INTEGER NOT NULL,
  client INTEGER,
  remote INTEGER,
  type INTEGER,
  tls INTEGER,
  failure INTEGER,
  decision INTEGER,
  port INTEGER NOT NULL,
  query TEXT NOT NULL,
  messages INTEGER NOT NULL,
  request_body INTEGER,         -- ids in bodies.db
  response_body INTEGER,
  page INTEGER                  -- pages; NULL while the details are loose
);

CREATE TABLE pages (id INTEGER PRIMARY KEY, calls INTEGER NOT NULL, directory BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE page_terms (page INTEGER PRIMARY KEY, terms BLOB NOT NULL); -- made in quiet moments, see grams.ts
CREATE TABLE loose (call INTEGER PRIMARY KEY, open INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE blocks (block INTEGER PRIMARY KEY, ranges BLOB NOT NULL, terms BLOB NOT NULL);
CREATE TABLE commits (seq INTEGER PRIMARY KEY, ids BLOB NOT NULL);
CREATE TABLE gaps (id INTEGER PRIMARY KEY, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, calls INTEGER NOT NULL, reason TEXT NOT NULL);

CREATE TABLE rollups (
  period INTEGER NOT NULL,      -- 0 minute, 1 hour, 2 day
  dimension INTEGER NOT NULL,   -- what is told apart beside the class: see rollups.ts
  start INTEGER NOT NULL,       -- seconds since the epoch
  host INTEGER NOT NULL,
  app INTEGER NOT NULL,         -- 0 = unknown, or not told apart; so are host and source
  source INTEGER NOT NULL,
  class INTEGER NOT NULL,       -- 0 = no status, else its first digit
  calls INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  request_bytes INTEGER NOT NULL,
  response_bytes INTEGER NOT NULL,
  sketch BLOB NOT NULL,
  PRIMARY KEY (period, dimension, start, host, app, source, class)
) WITHOUT ROWID;
`;
