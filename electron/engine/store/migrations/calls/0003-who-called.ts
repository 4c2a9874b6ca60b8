/**
 * Who made a call: its process, its place in the program and its tags as words, its trace as bytes. Behind the word of a
 * process (`pid@startedAt`) lies who that is; behind the word of a place its stack. `amends`: what changed of calls whose
 * sums were written before, so that sums can follow after a crash.
 */
export const sql = `
ALTER TABLE calls ADD COLUMN process INTEGER; -- words, as are the next two
ALTER TABLE calls ADD COLUMN site INTEGER;
ALTER TABLE calls ADD COLUMN tags INTEGER;
ALTER TABLE calls ADD COLUMN trace BLOB;      -- trace id (16 bytes), and span id (8) where there is one

CREATE TABLE processes (
  word INTEGER PRIMARY KEY,
  pid INTEGER NOT NULL,
  name TEXT NOT NULL,
  user TEXT,
  command TEXT,
  profile INTEGER NOT NULL      -- a word: what programs started alike have in common, JSON
);
CREATE TABLE sites (word INTEGER PRIMARY KEY, frames TEXT NOT NULL); -- JSON
CREATE TABLE app_processes (
  app INTEGER NOT NULL,         -- words
  process INTEGER NOT NULL,
  agent INTEGER NOT NULL,       -- 1: our agent saw calls of it
  PRIMARY KEY (app, process)
) WITHOUT ROWID;

ALTER TABLE commits ADD COLUMN amends BLOB;   -- the apps the calls in ids had before (0: none); NULL for calls that opened or closed
`;
