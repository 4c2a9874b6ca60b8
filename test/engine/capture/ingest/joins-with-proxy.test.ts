// Rule: a call that agent and proxy both saw is joined with its own word, whatever the way to the proxy and whoever is
// first to tell. Real sockets through the real proxy; addresses repeat, so that only the order on a socket tells.
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FromAgent } from '../../../../shared/agent/link.ts';
import { connectAgent } from '../../../harness/link-client.ts';
import type { LinkClient } from '../../../harness/link-client.ts';
import { connectThrough, dial, secureOver } from '../../../harness/raw-client.ts';
import { ORIGIN_NAME, startWorld, type World } from '../../../harness/world.ts';

const CALLS = 1000;

let world: World;
let agent: LinkClient;
const plain = http.createServer(answer);
let secure: https.Server;

beforeAll(async () => {
  world = await startWorld();
  secure = https.createServer({ ...world.server }, answer);
  for (const server of [plain, secure]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  agent = await connectAgent(world.engine.engine.agents.place!);
  agent.send(
    ...Array.from({ length: CALLS }, (_, n): FromAgent => {
      return { type: 'site', id: n, frames: [{ function: null, file: `/app/${n}.js`, line: 1, column: 1 }] };
    }),
  );
});
afterAll(async () => {
  await agent.end();
  for (const server of [plain, secure]) {
    server.closeAllConnections();
    server.close();
  }
  await world.stop();
});

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  request.resume();
  response.end(String(request.headers['x-n']));
}

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
const addressOf = (n: number): string => `/same/${n % 3}`;

/** A connection that sends the calls it is given, in their order, and resolves when all are answered. */
interface Lane {
  port: number;
  send(calls: readonly number[]): Promise<void>;
  close(): void;
}

/** All requests in one piece: pipelined. */
async function plainLane(): Promise<Lane> {
  const socket = await dial('127.0.0.1', world.engine.proxyPort);
  return http1Lane(socket, socket, `http://${ORIGIN_NAME}:${portOf(plain)}`);
}

async function tlsLane(): Promise<Lane> {
  const { socket, secured } = await tunnel(['http/1.1']);
  return http1Lane(socket, secured, '');
}

function http1Lane(bottom: Socket, socket: Socket, prefix: string): Lane {
  return {
    port: bottom.localPort!,
    async send(calls) {
      let text = '';
      const done = new Promise<void>((resolve) => {
        const read = (chunk: Buffer): void => {
          text += chunk.toString('latin1');
          if (text.split('HTTP/1.1 200 OK').length <= calls.length || !text.endsWith(String(calls.at(-1)))) return;
          socket.off('data', read);
          resolve();
        };
        socket.on('data', read);
      });
      socket.write(
        calls
          .map(
            (n) =>
              `GET ${prefix}${addressOf(n)} HTTP/1.1\r\nHost: ${ORIGIN_NAME}:${portOf(prefix === '' ? secure : plain)}\r\nx-n: ${n}\r\n\r\n`,
          )
          .join(''),
      );
      await done;
    },
    close: () => void socket.destroy(),
  };
}

async function h2Lane(): Promise<Lane> {
  const { socket, secured } = await tunnel(['h2']);
  const session = http2.connect(`https://${ORIGIN_NAME}:${portOf(secure)}`, { createConnection: () => secured });
  return {
    port: socket.localPort!,
    async send(calls) {
      await Promise.all(
        calls.map(async (n) => {
          const stream = session.request({ ':path': addressOf(n), 'x-n': String(n) });
          stream.resume();
          await once(stream, 'end');
        }),
      );
    },
    close: () => session.destroy(),
  };
}

async function tunnel(alpn: string[]) {
  const target = {
    host: ORIGIN_NAME,
    port: portOf(secure),
    tls: { ca: world.engine.caPem, servername: ORIGIN_NAME, alpn },
  };
  const socket = await dial('127.0.0.1', world.engine.proxyPort);
  await connectThrough(socket, `${target.host}:${target.port}`);
  return { socket, secured: await secureOver(socket, target) };
}

test('a thousand calls over pipelined, tunnelled and HTTP/2 connections each get their own word', async () => {
  const lanes = await Promise.all([plainLane(), plainLane(), tlsLane(), tlsLane(), h2Lane(), h2Lane()]);
  const [plan] = fc.sample(
    fc.array(fc.record({ lane: fc.nat(lanes.length - 1), early: fc.boolean() }), {
      minLength: CALLS,
      maxLength: CALLS,
    }),
    { numRuns: 1, seed: 7 },
  );
  const sent = lanes.map(() => 0);
  const late: FromAgent[] = [];
  for (let from = 0; from < CALLS; from += 100) {
    const batches = lanes.map((): number[] => []);
    for (let n = from; n < from + 100; n += 1) {
      const { lane, early } = plan![n]!;
      batches[lane]!.push(n);
      const word: FromAgent = {
        type: 'joined',
        port: lanes[lane]!.port,
        ordinal: sent[lane]!++,
        method: 'GET',
        target: addressOf(n),
        startedAt: Date.now() * 1000,
        site: n,
        trace: null,
        tags: { n: String(n) },
        app: null,
      };
      if (early) agent.send(word);
      else late.unshift(word);
    }
    await Promise.all(lanes.flatMap((lane, index) => (batches[index]!.length > 0 ? [lane.send(batches[index]!)] : [])));
    agent.send(...late.splice(0));
  }
  for (const lane of lanes) lane.close();
  await expect
    .poll(() => world.engine.engine.agents.stats(), { timeout: 20_000 })
    .toMatchObject({ joined: CALLS, missed: 0 });
  const rows = await world.engine.calls();
  expect(rows).toHaveLength(CALLS);
  const wrong: unknown[] = [];
  for (const { id, callsite, tags, sources, process: caller } of rows) {
    const { requestHeaders } = await world.engine.call(id);
    const n = requestHeaders.find(([name]) => name.toLowerCase() === 'x-n')?.[1];
    if (callsite !== `/app/${n}.js:1` || tags['n'] !== n || sources.length !== 2 || caller?.pid !== process.pid)
      wrong.push({ n, callsite, tags, sources, caller });
  }
  expect(wrong).toEqual([]);
});
