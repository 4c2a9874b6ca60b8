import type { CallRow } from './call-row.ts';
import { isChained } from './codes.ts';
import type { Db } from './open.ts';

/**
 * When hosts, apps at hosts, and endpoints were seen first and last, and where hosts were found last. Adding a call twice changes nothing, so that a crash
 * does not either. Calls that retention took stay seen; what a deletion leaves without calls is forgotten.
 */
export interface Sightings {
  add(row: CallRow, calls: 1 | -1): void;
  flush(): void;
  reset(): void;
}

interface Seen {
  key: [host: number, app: number, endpoint: number];
  firstCall: number;
  firstAt: number;
  lastAt: number;
  address: number;
  addressAt: number;
}

const WORDS = 2 ** 26;

export function createSightings(db: Db): Sightings {
  const put = db.prepare(
    `INSERT INTO sightings (host, app, endpoint, first_call, first_at, last_at, address, address_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET
       first_call = CASE WHEN (excluded.first_at, excluded.first_call) < (first_at, first_call) THEN excluded.first_call ELSE first_call END,
       first_at = MIN(first_at, excluded.first_at), last_at = MAX(last_at, excluded.last_at),
       address = CASE WHEN excluded.address <> 0 AND excluded.address_at >= address_at THEN excluded.address ELSE address END,
       address_at = MAX(address_at, excluded.address_at)`,
  );
  const find = db.prepare<[number, number, number], { last_at: number }>(
    'SELECT last_at FROM sightings WHERE host = ? AND app = ? AND endpoint = ?',
  );
  const hasApp = db.prepare(
    'SELECT 1 FROM edges WHERE period = 2 AND host = ? AND app = ? ORDER BY start DESC LIMIT 1',
  );
  const hasEndpoint = db.prepare(
    'SELECT 1 FROM edges WHERE period = 2 AND host = ? AND endpoint = ? ORDER BY start DESC LIMIT 1',
  );
  const hasHost = db.prepare('SELECT 1 FROM edges WHERE period = 2 AND host = ? ORDER BY start DESC LIMIT 1');
  const drop = db.prepare('DELETE FROM sightings WHERE host = ? AND app = ? AND endpoint = ?');
  const apps = new Map<number, Seen>();
  const endpoints = new Map<number, Seen>();
  const hosts = new Map<number, Seen>();
  /** What calls were taken out of: it may be gone. */
  const doubtful = new Map<string, [number, number, number]>();

  function see(
    into: Map<number, Seen>,
    id: number,
    host: number,
    app: number,
    endpoint: number,
    { id: call, startedAt }: CallRow,
  ): Seen {
    let seen = into.get(id);
    if (!seen) {
      const key: Seen['key'] = [host, app, endpoint];
      seen = { key, firstCall: call, firstAt: startedAt, lastAt: startedAt, address: 0, addressAt: 0 };
      into.set(id, seen);
      return seen;
    }
    if (startedAt < seen.firstAt || (startedAt === seen.firstAt && call < seen.firstCall)) {
      seen.firstAt = startedAt;
      seen.firstCall = call;
    }
    if (startedAt > seen.lastAt) seen.lastAt = startedAt;
    return seen;
  }

  return {
    add(row, calls) {
      const { host, app, endpoint } = row;
      if (calls < 0) {
        doubtful.set(`${host} 0 0`, [host, 0, 0]);
        if (app !== null) doubtful.set(`${host} ${app} 0`, [host, app, 0]);
        if (endpoint !== null) doubtful.set(`${host} 0 ${endpoint}`, [host, 0, endpoint]);
        return;
      }
      const seen = see(hosts, host, host, 0, 0, row);
      if (row.remote !== null && row.startedAt >= seen.addressAt && !isChained(row.flags)) {
        seen.address = row.remote;
        seen.addressAt = row.startedAt;
      }
      if (app !== null) see(apps, host * WORDS + app, host, app, 0, row);
      if (endpoint !== null) see(endpoints, host * WORDS + endpoint, host, 0, endpoint, row);
    },
    flush() {
      for (const map of [hosts, apps, endpoints]) {
        for (const { key, firstCall, firstAt, lastAt, address, addressAt } of map.values())
          put.run(...key, firstCall, firstAt, lastAt, address, addressAt);
      }
      for (const key of doubtful.values()) {
        const [host, app, endpoint] = key;
        if (find.get(...key) === undefined) continue;
        const left =
          endpoint !== 0 ? hasEndpoint.get(host, endpoint) : app !== 0 ? hasApp.get(host, app) : hasHost.get(host);
        if (left === undefined) drop.run(...key);
      }
    },
    reset() {
      for (const map of [hosts, apps, endpoints, doubtful]) map.clear();
    },
  };
}
