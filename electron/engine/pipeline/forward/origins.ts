import type { OutboundRequest } from '../dispatch.ts';
import type { Connect, Connected, Target } from './connect.ts';
import { OriginHttp1, type OriginHttp1Owner } from './origin-http1.ts';
import { createOriginHttp2, type OriginHttp2 } from './origin-http2.ts';

/** An idle connection is kept this long when the origin does not say; under the 60 s of common load balancers. */
const IDLE_MS = 55_000;
/** Given up this much before the origin says it will close, so that its FIN and our request do not cross. */
const MARGIN_MS = 1_000;
const MAX_IDLE_PER_ORIGIN = 256;

export type Lease =
  | { kind: 'h1'; connection: OriginHttp1; reused: boolean }
  | { kind: 'h2'; session: OriginHttp2; reused: boolean };

/**
 * The connections to origins, kept alive between calls. HTTP/1 callers get HTTP/1 connections
 * (their header case and order survive); HTTP/2 callers get what the origin's ALPN chooses.
 */
export interface Origins {
  /** A connection that is there now, or null. Synchronous: the hot path. */
  take(request: OutboundRequest): Lease | null;
  /** Opens a new one; rejects with ConnectError. */
  open(request: OutboundRequest, signal: AbortSignal): Promise<Lease>;
  /** Called about once a second while calls run: lets go of connections that ended without our hearing of it. */
  checkAlive(): void;
  /** The way out has changed: idle connections go now, busy ones after the calls they carry; none is used again. */
  retireAll(): void;
  close(): void;
}

export function createOrigins(connect: Connect): Origins {
  const idle = new Map<string, OriginHttp1[]>();
  const sessions = new Map<string, Set<OriginHttp2>>();
  const opening = new Map<string, Promise<Lease>>();
  const all = new Set<OriginHttp1>();
  /** Origins that turned out not to speak HTTP/2. */
  const onlyHttp1 = new Set<string>();
  /** Connections made before the way out changed. */
  let retired = new WeakSet<OriginHttp1>();
  /** How often the way out has changed: a connection that was begun before is used once. */
  let generation = 0;
  let closed = false;
  let sweeper: NodeJS.Timeout | null = null;

  const owner: OriginHttp1Owner = {
    onReusable(connection) {
      const list = idle.get(connection.key);
      const now = performance.now();
      const promised =
        connection.keepAliveSeconds === null
          ? IDLE_MS
          : Math.min(connection.keepAliveSeconds * 1000 - MARGIN_MS, IDLE_MS);
      if (
        closed ||
        retired.has(connection) ||
        promised <= 0 ||
        (list !== undefined && list.length >= MAX_IDLE_PER_ORIGIN)
      ) {
        connection.destroy();
        return;
      }
      connection.staleAt = now + promised;
      if (list === undefined) idle.set(connection.key, [connection]);
      else list.push(connection);
      sweeper ??= setInterval(sweep, 5_000).unref();
    },
    onGone(connection) {
      all.delete(connection);
      const list = idle.get(connection.key);
      if (list === undefined) return;
      const index = list.indexOf(connection);
      if (index >= 0) list.splice(index, 1);
      if (list.length === 0) idle.delete(connection.key);
    },
  };

  function sweep(): void {
    const now = performance.now();
    for (const list of idle.values())
      for (const connection of list.slice()) if (connection.staleAt <= now) connection.destroy();
    if (idle.size === 0 && sweeper !== null) {
      clearInterval(sweeper);
      sweeper = null;
    }
  }

  const keyOf = ({ scheme, host, port, way }: OutboundRequest): string =>
    way === undefined ? `${scheme}://${host}:${port}` : `${scheme}://${host}:${port} ${way.key}`;

  const placeOf = ({ scheme, host, port, check, way }: OutboundRequest): Omit<Target, 'alpn'> => ({
    scheme,
    host,
    port,
    ...(check !== undefined && { check }),
    ...(way !== undefined && { way }),
  });

  function takeSession(key: string): OriginHttp2 | null {
    for (const session of sessions.get(key) ?? []) if (session.open) return session;
    return null;
  }

  function adoptHttp1(connected: Connected, key: string, begun: number): Lease {
    const connection = new OriginHttp1(connected.socket, connected.facts, key, connected.absoluteForm, owner);
    all.add(connection);
    if (begun !== generation) retired.add(connection);
    return { kind: 'h1', connection, reused: false };
  }

  async function openHttp2(request: OutboundRequest, key: string, signal: AbortSignal): Promise<Lease> {
    const secure = request.scheme === 'https';
    const begun = generation;
    const connected = await connect({ ...placeOf(request), alpn: secure ? ['h2', 'http/1.1'] : null }, signal);
    if (secure ? connected.alpn !== 'h2' : connected.absoluteForm !== null) {
      onlyHttp1.add(key);
      return adoptHttp1(connected, key, begun);
    }
    const session = createOriginHttp2(
      connected.socket,
      connected.bottom,
      { ...connected.facts, protocol: 'h2' },
      key,
      `${request.scheme}://${request.authority}`,
      (gone) => {
        const set = sessions.get(key);
        set?.delete(gone);
        if (set?.size === 0) sessions.delete(key);
      },
      IDLE_MS,
    );
    if (!secure) {
      // Prior knowledge (RFC 9113 §3.3) can be wrong: nothing is sent until the origin's SETTINGS say it is right.
      try {
        await session.ready;
      } catch {
        onlyHttp1.add(key);
        return adoptHttp1(await connect({ ...placeOf(request), alpn: null }, signal), key, begun);
      }
    }
    if (begun === generation) {
      const set = sessions.get(key) ?? new Set();
      sessions.set(key, set.add(session));
    }
    return { kind: 'h2', session, reused: false };
  }

  return {
    take(request) {
      const key = keyOf(request);
      if (request.protocol === 'h2') {
        const session = takeSession(key);
        if (session !== null) return { kind: 'h2', session, reused: true };
        if (!onlyHttp1.has(key)) return null;
      }
      const list = idle.get(key);
      if (list === undefined) return null;
      const now = performance.now();
      // Newest first; one that carries the login of another caller is passed over.
      for (let i = list.length - 1; i >= 0; i--) {
        const connection = list[i]!;
        if (connection.boundTo !== null && connection.boundTo !== request.caller) continue;
        list.splice(i, 1);
        if (connection.staleAt > now && connection.idle && !connection.socket.destroyed) {
          return { kind: 'h1', connection, reused: true };
        }
        connection.destroy();
        i = Math.min(i, list.length);
      }
      return null;
    },
    async open(request, signal) {
      const key = keyOf(request);
      if (request.protocol !== 'h2' || onlyHttp1.has(key)) {
        const alpn = request.scheme === 'https' ? ['http/1.1'] : null;
        const begun = generation;
        return adoptHttp1(await connect({ ...placeOf(request), alpn }, signal), key, begun);
      }
      // Calls that arrive together on one caller's session share one new session to the origin.
      const pending = opening.get(key);
      if (pending !== undefined) {
        const lease = await pending.catch(() => null);
        if (lease?.kind === 'h2' && lease.session.open) return { ...lease, reused: true };
      }
      const mine = openHttp2(request, key, signal);
      opening.set(key, mine);
      try {
        return await mine;
      } finally {
        if (opening.get(key) === mine) opening.delete(key);
      }
    },
    checkAlive() {
      for (const set of sessions.values()) for (const session of set) session.checkAlive();
    },
    retireAll() {
      generation += 1;
      retired = new WeakSet(all);
      for (const list of Array.from(idle.values())) for (const connection of list.slice()) connection.destroy();
      // A session that is being opened now was begun the old way; whoever waits for it may still have it.
      opening.clear();
      onlyHttp1.clear();
      for (const set of sessions.values()) for (const session of set) session.retire();
    },
    close() {
      closed = true;
      if (sweeper !== null) clearInterval(sweeper);
      for (const connection of Array.from(all)) connection.destroy();
      for (const set of Array.from(sessions.values())) for (const session of Array.from(set)) session.destroy();
    },
  };
}
