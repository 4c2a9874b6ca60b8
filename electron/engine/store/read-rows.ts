import type { CallRow, StoredRow } from './call-row.ts';
import type { Db, Statement } from './open.ts';

/** A row with the texts of its words, as summaries show it. Alias `c` is the call. */
export const SELECTED = `
  c.id, c.started_at, c.flags, c.status, h.text AS host, CASE WHEN typeof(c.path) = 'integer' THEN p.text ELSE c.path END AS path,
  c.duration, c.ttfb, c.request_bytes, c.response_bytes, a.text AS app, m.text AS method, s.text AS scheme, k.text AS client, r.text AS remote,
  t.text AS type, v.text AS tls, f.text AS failure, d.text AS decision, c.port, c.query, c.messages, c.request_body, c.response_body, c.page,
  o.text AS process, w.text AS site, g.text AS tags, c.trace, e.text AS endpoint, x.text AS credential, y.text AS policies, mark.pinned, mark.note`;

/** The joins `SELECTED` needs; each is a look-up by id. */
export const JOINED = `
  LEFT JOIN words h ON h.id = c.host LEFT JOIN words p ON p.id = c.path AND typeof(c.path) = 'integer' LEFT JOIN words a ON a.id = c.app
  LEFT JOIN words m ON m.id = c.method LEFT JOIN words s ON s.id = c.scheme LEFT JOIN words k ON k.id = c.client
  LEFT JOIN words r ON r.id = c.remote LEFT JOIN words t ON t.id = c.type LEFT JOIN words v ON v.id = c.tls
  LEFT JOIN words f ON f.id = c.failure LEFT JOIN words d ON d.id = c.decision
  LEFT JOIN words o ON o.id = c.process LEFT JOIN words w ON w.id = c.site LEFT JOIN words g ON g.id = c.tags LEFT JOIN words e ON e.id = c.endpoint
  LEFT JOIN words x ON x.id = c.credential LEFT JOIN words y ON y.id = c.policies LEFT JOIN marks mark ON mark.call = c.id`;

/** One call with its texts, or undefined. */
export function readStored(db: Db, id: number): StoredRow | undefined {
  return prepared(db, `SELECT ${SELECTED} FROM calls c ${JOINED} WHERE c.id = ?`).get(id) as StoredRow | undefined;
}

/** What lies beside a row in `usages u`, by the names of `CallRow`. */
export const USED = `u.provenance, u.cost, u.model, u.price, u.price_version AS priceVersion, u.input, u.cache_read AS cacheRead,
  u.cache_write AS cacheWrite, u.output, u.reasoning`;

/** One call's row as it was written, with word ids; what summaries and rollups are made of. */
export function readRow(db: Db, id: number): CallRow | undefined {
  return prepared(
    db,
    `
    SELECT c.id, c.started_at AS startedAt, c.flags, c.status, c.host, c.path, CASE WHEN typeof(c.path) = 'integer' THEN p.text ELSE c.path END AS pathText,
      c.duration, c.ttfb, c.request_bytes AS requestBytes, c.response_bytes AS responseBytes, c.app, c.method, c.scheme, c.client, c.remote, c.type, c.tls,
      c.failure, c.decision, c.port, c.query, c.messages, c.request_body AS requestBody, c.response_body AS responseBody,
      c.process, c.site, c.tags, c.trace, c.endpoint, c.credential, c.policies, c.held, ${USED}
    FROM calls c LEFT JOIN words p ON p.id = c.path AND typeof(c.path) = 'integer' LEFT JOIN usages u ON u.call = c.id WHERE c.id = ?`,
  ).get(id) as CallRow | undefined;
}

const statements = new WeakMap<Db, Map<string, Statement>>();

/** Prepares a statement once per connection. */
export function prepared(db: Db, sql: string): Statement {
  let known = statements.get(db);
  if (!known) statements.set(db, (known = new Map<string, Statement>()));
  let statement = known.get(sql);
  if (!statement) known.set(sql, (statement = db.prepare(sql)));
  return statement;
}
