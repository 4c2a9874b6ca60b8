/** Every text of policies.yaml that was in force, whole: what it said then must be seen as it stood. */
export const sql = `
CREATE TABLE policy_versions (
  version INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,          -- microseconds since the epoch
  author TEXT NOT NULL,
  reason TEXT,
  added INTEGER NOT NULL,       -- lines
  removed INTEGER NOT NULL,
  changes TEXT NOT NULL,        -- sentences, and the policies they are about; JSON
  codec INTEGER NOT NULL,       -- see packing.ts
  text BLOB NOT NULL
);
`;
