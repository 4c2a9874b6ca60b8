import { createHash } from 'node:crypto';
import type { ReadMessage } from '../harness/http1-exchange.ts';
import type { OriginConnection } from '../harness/scripted-origin.ts';
import { ORIGIN_NAME, openPeer, startOriginFor, type Peer, type Way, type World } from '../harness/world.ts';

/**
 * Transparency: the same scripted exchange, direct and through the proxy, must look the same at both
 * ends. What may differ is listed here and nowhere else: hop-by-hop headers, Proxy-* headers, how a
 * stream is cut into chunks, and absolute-form, which the proxy turns into origin-form.
 */
const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-.*)$/i;

export interface Exchange {
  /** What the client does; what it returns must be the same direct and through the proxy. */
  client(peer: Peer, more: () => Promise<Peer>): Promise<unknown>;
  /** What the origin does on each connection; what it notes must be the same, too. */
  origin(connection: OriginConnection, note: (seen: unknown) => void): Promise<void> | void;
  /** Do not keep received bytes (large bodies). */
  large?: boolean;
}

export interface Seen {
  client: unknown;
  origin: unknown[];
}

/** Carries out the exchange direct and through the proxy and gives both accounts of it. */
export async function bothWays(world: World, way: Way, exchange: Exchange): Promise<{ direct: Seen; through: Seen }> {
  return { direct: await carryOut(world, way, exchange, true), through: await carryOut(world, way, exchange, false) };
}

/** Through the proxy alone, for what has no counterpart without it. */
export function throughUs(world: World, way: Way, exchange: Exchange): Promise<Seen> {
  return carryOut(world, way, exchange, false);
}

async function carryOut(world: World, way: Way, exchange: Exchange, direct: boolean): Promise<Seen> {
  const notes: unknown[] = [];
  const keep = exchange.large !== true;
  const origin = await startOriginFor(
    world,
    way,
    (connection) => exchange.origin(connection, (seen) => notes.push(seen)),
    { keep },
  );
  const peers: Peer[] = [];
  const open = async (): Promise<Peer> => {
    const peer = await openPeer(world, way, origin.port, { direct, keep });
    peers.push(peer);
    return peer;
  };
  try {
    const client = await exchange.client(await open(), open);
    return withoutPort({ client, origin: notes }, origin.port);
  } finally {
    for (const peer of peers) peer.close();
    await origin.stop();
  }
}

/** A message as both ends must agree on it. */
export function essence(message: ReadMessage): object {
  const { start, headers, body, trailers, framing } = message;
  return {
    start: start.replace(/ http:\/\/[^/ ]+/, ' '),
    headers: headers.filter(([name]) => !HOP_BY_HOP.test(name)).map(([name, value]) => `${name}: ${value}`),
    framing,
    body:
      body.length > 200
        ? `${body.length} bytes, ${createHash('sha256').update(body).digest('hex')}`
        : body.toString('latin1'),
    trailers: trailers.map(([name, value]) => `${name}: ${value}`),
  };
}

/** Ports differ from run to run; the account must not. */
function withoutPort(seen: Seen, port: number): Seen {
  return JSON.parse(JSON.stringify(seen).replaceAll(`${ORIGIN_NAME}:${port}`, `${ORIGIN_NAME}:PORT`)) as Seen;
}
