/**
 * The first shape of bodies.db: content-addressed bodies, small ones compressed together in pages,
 * and the messages of WebSockets and event streams. Oldest pages are the first to go.
 */
export const sql = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE TABLE bodies (
  id INTEGER PRIMARY KEY,
  hash INTEGER NOT NULL,        -- first 48 bits of the digest, for the index
  digest BLOB NOT NULL,         -- first 16 bytes of SHA-256 of the stored bytes
  redacted INTEGER NOT NULL,    -- 1: decoded and with secrets taken out
  coding TEXT,                  -- content codings still on, as the header wrote them; NULL for none
  size INTEGER NOT NULL,
  page INTEGER                  -- NULL while loose
);
CREATE INDEX bodies_hash ON bodies (hash);

CREATE TABLE pages (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, codec INTEGER NOT NULL, directory BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE page_terms (page INTEGER PRIMARY KEY, terms BLOB NOT NULL); -- made in quiet moments, see grams.ts
CREATE TABLE loose (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE messages (id INTEGER PRIMARY KEY, call INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, at INTEGER NOT NULL, codec INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX messages_call ON messages (call, first);
`;
