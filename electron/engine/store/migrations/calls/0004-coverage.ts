/** What was seen and what was not, by the hour; not-seen connections by who and where to, at most so many an hour. */
export const sql = `
CREATE TABLE coverage_hours (
  start INTEGER PRIMARY KEY,    -- seconds since the epoch
  seen INTEGER NOT NULL,
  around INTEGER NOT NULL,
  never_captured INTEGER NOT NULL,
  pass_through INTEGER NOT NULL,
  pinned INTEGER NOT NULL,
  bodies_shed INTEGER NOT NULL,
  calls_lost INTEGER NOT NULL,
  agent_drops INTEGER NOT NULL,
  listed INTEGER NOT NULL,      -- rows of not_seen
  unlisted INTEGER NOT NULL     -- connections that are counted above and have no row
);

CREATE TABLE coverage_apps (
  hour INTEGER NOT NULL,
  app INTEGER NOT NULL,         -- a word
  seen INTEGER NOT NULL,
  PRIMARY KEY (hour, app)
) WITHOUT ROWID;

CREATE TABLE not_seen (
  hour INTEGER NOT NULL,
  process INTEGER NOT NULL,     -- words up to address; app 0: nobody known
  app INTEGER NOT NULL,
  host INTEGER NOT NULL,
  address INTEGER NOT NULL,
  port INTEGER NOT NULL,
  reason INTEGER NOT NULL,      -- see coverage-rows.ts
  pid INTEGER,                  -- the newest one, and its command line (a word)
  command INTEGER,
  first INTEGER NOT NULL,       -- microseconds since the epoch
  last INTEGER NOT NULL,
  connections INTEGER NOT NULL,
  PRIMARY KEY (hour, process, app, host, address, port, reason)
) WITHOUT ROWID;
`;
