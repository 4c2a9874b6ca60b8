/**
 * What was read out of calls: endpoint and credential as words, and beside a call what it used and cost (`usages`; the
 * vendor's own words lie with the call's details). Two sums for pictures: `edges` and `spending`. Edges of older calls are
 * made of rollups when the store is opened next (`past-edges.ts`), since latencies cannot be added up here.
 */
export const sql = `
ALTER TABLE calls ADD COLUMN endpoint INTEGER;   -- words
ALTER TABLE calls ADD COLUMN credential INTEGER;
ALTER TABLE commits ADD COLUMN amend_tags BLOB;  -- as amends: the tags the calls had before

CREATE TABLE usages (
  call INTEGER PRIMARY KEY,
  provenance INTEGER NOT NULL,  -- see codes.ts; 0 = nothing says that it costs something
  cost INTEGER,                 -- nano-dollars; NULL = unknown
  model INTEGER,                -- words, as are the next two
  price INTEGER,
  price_version INTEGER,
  input INTEGER,                -- tokens; NULL = not said
  cache_read INTEGER,
  cache_write INTEGER,
  output INTEGER,
  reasoning INTEGER,
  repriced TEXT                 -- the cost as it was priced anew, JSON; else it lies with the details
);

CREATE TABLE edges (
  period INTEGER NOT NULL,      -- 1 hour, 2 day, as in rollups
  start INTEGER NOT NULL,       -- seconds since the epoch
  host INTEGER NOT NULL,        -- words; app and endpoint 0 = not known
  app INTEGER NOT NULL,
  endpoint INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  throttled INTEGER NOT NULL,
  request_bytes INTEGER NOT NULL,
  response_bytes INTEGER NOT NULL,
  cost INTEGER NOT NULL,        -- nano-dollars, of the priced
  priced INTEGER NOT NULL,
  sketch BLOB NOT NULL,
  PRIMARY KEY (period, start, host, app, endpoint)
) WITHOUT ROWID;

CREATE TABLE spending (
  period INTEGER NOT NULL,
  start INTEGER NOT NULL,
  host INTEGER NOT NULL,
  app INTEGER NOT NULL,         -- words; 0 = none
  endpoint INTEGER NOT NULL,
  model INTEGER NOT NULL,
  credential INTEGER NOT NULL,
  tags INTEGER NOT NULL,        -- without the run's, a word of its own kind
  provenance INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  cost INTEGER NOT NULL,
  priced INTEGER NOT NULL,
  token_calls INTEGER NOT NULL,
  input INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  output INTEGER NOT NULL,
  reasoning INTEGER NOT NULL,
  PRIMARY KEY (period, start, host, app, endpoint, model, credential, tags, provenance)
) WITHOUT ROWID;

CREATE TABLE sightings (
  host INTEGER NOT NULL,        -- a host; with an app: of that app; with an endpoint: of that endpoint
  app INTEGER NOT NULL,
  endpoint INTEGER NOT NULL,
  first_call INTEGER NOT NULL,
  first_at INTEGER NOT NULL,    -- microseconds since the epoch
  last_at INTEGER NOT NULL,
  address INTEGER NOT NULL DEFAULT 0,    -- of a host: the word of its newest address, never a chained proxy's; 0: not known
  address_at INTEGER NOT NULL DEFAULT 0, -- when the call to it began
  PRIMARY KEY (host, app, endpoint)
) WITHOUT ROWID;

CREATE TABLE endpoint_aliases (
  host INTEGER NOT NULL,        -- words
  endpoint INTEGER NOT NULL,
  counts_as INTEGER NOT NULL,   -- which may count as another in turn
  PRIMARY KEY (host, endpoint)
) WITHOUT ROWID;
CREATE TABLE learned (name TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE versions (
  host INTEGER NOT NULL,        -- words
  version INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (host, version)
) WITHOUT ROWID;

CREATE TABLE deprecations (
  host INTEGER NOT NULL,        -- words
  endpoint INTEGER NOT NULL,
  deprecated_at INTEGER,        -- as said last; microseconds since the epoch
  sunset_at INTEGER,
  link TEXT,
  calls INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (host, endpoint)
) WITHOUT ROWID;

CREATE TABLE limits (
  period INTEGER NOT NULL,      -- 0 minute, 1 hour
  start INTEGER NOT NULL,
  host INTEGER NOT NULL,        -- words; credential 0 = none
  credential INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  unit INTEGER NOT NULL,        -- see codes.ts
  "limit" INTEGER,              -- as said last
  remaining INTEGER,
  lowest INTEGER,
  reset_at INTEGER,             -- microseconds since the epoch
  "window" INTEGER,             -- seconds
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (period, start, host, credential, resource, unit)
) WITHOUT ROWID;

CREATE TABLE throttles (
  period INTEGER NOT NULL,      -- 1 hour, 2 day
  start INTEGER NOT NULL,
  host INTEGER NOT NULL,        -- words; credential 0 = none
  credential INTEGER NOT NULL,
  kind INTEGER NOT NULL,        -- see codes.ts
  calls INTEGER NOT NULL,
  PRIMARY KEY (period, start, host, credential, kind)
) WITHOUT ROWID;

CREATE TABLE repricings (id INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL);
`;
