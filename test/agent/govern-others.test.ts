import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { mkdtempSync, rmSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startManyManners, type ManyManners } from './govern-origin.ts';
import { startGovernWorld, type GovernWorld } from './govern-world.ts';

let world: GovernWorld;
let plain: ManyManners;
let secure: ManyManners;
let bare: Record<string, unknown>;
let governed: Record<string, unknown>;
let asked: string[];
const spoken: string[] = [];
let spokenBare: string[];
const stops: (() => unknown)[] = [];

async function listen(server: net.Server | http2.Http2Server | http2.Http2SecureServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  world = await startGovernWorld();
  plain = await startManyManners(null);
  const credentials = world.ca.server('localhost');
  secure = await startManyManners(credentials);
  const sessions = new Set<http2.ServerHttp2Session>();
  const answer = (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse): void => {
    spoken.push(`${request.httpVersion} ${request.url}`);
    response.end(`over ${request.httpVersion}`);
  };
  const h2 = http2.createSecureServer({ ...credentials, allowHTTP1: true }, answer);
  const h2c = http2.createServer(answer);
  for (const server of [h2, h2c]) server.on('session', (session: http2.ServerHttp2Session) => sessions.add(session));
  const rpc = new grpc.Server();
  const pass = (bytes: Buffer): Buffer => bytes;
  rpc.addService(
    {
      say: {
        path: '/echo.Echo/Say',
        requestStream: false,
        responseStream: false,
        requestSerialize: pass,
        requestDeserialize: pass,
        responseSerialize: pass,
        responseDeserialize: pass,
      },
    },
    {
      say: (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) =>
        done(null, Buffer.concat([call.request, Buffer.from(' back')])),
    },
  );
  const rpcPort = await new Promise<number>((resolve, reject) => {
    rpc.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
  const database = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.write('hello, who is it?');
    socket.on('data', (text) => socket.write(`welcome, ${text.toString().trim()}`));
  });
  const folder = mkdtempSync(join(tmpdir(), 'govern-unix-'));
  const unix = process.platform === 'win32' ? `\\\\.\\pipe\\govern-unix-${process.pid}` : join(folder, 'socket');
  const byFile = http.createServer((request, response) => response.end(`by file ${request.url}`)).listen(unix);
  await once(byFile, 'listening');
  stops.push(
    () => sessions.forEach((session) => session.destroy()),
    () => h2.close(),
    () => h2c.close(),
    () => rpc.forceShutdown(),
    () => database.close(),
    () => byFile.close(),
    () => rmSync(folder, { recursive: true, force: true }),
  );
  const args = [
    JSON.stringify({
      h2: `https://localhost:${await listen(h2)}`,
      h2c: `http://localhost:${await listen(h2c)}`,
      secure: secure.url,
      plain: plain.url,
      rpc: `127.0.0.1:${rpcPort}`,
      database: await listen(database),
      unix,
      fingerprint: new X509Certificate(credentials.cert).fingerprint256,
      worker: new URL('programs/worker.mjs', import.meta.url).href,
    }),
  ];
  bare = (await world.run('test/agent/programs/others.mjs', { bare: true, args })) as typeof bare;
  spokenBare = spoken.splice(0);
  governed = (await world.run('test/agent/programs/others.mjs', { trusting: true, args })) as typeof governed;
  asked = world.asked.map(({ url }) => url);
});
afterAll(async () => {
  for (const stop of stops) stop();
  await plain.stop();
  await secure.stop();
  await world.stop();
});

test('HTTP/2, gRPC, databases, sockets of files, pins and workers see what they see without us', () => {
  expect(governed).toEqual(bare);
});

describe('of what is not carried by the proxy', () => {
  test('HTTP/2 stays HTTP/2', () => {
    expect(governed).toMatchObject({
      http2: ['h2', 'over 2.0'],
      h2c: ['h2c', 'over 2.0'],
      'fetch over an agent that may speak h2': [200, 'over 2.0'],
      'got that may speak h2': [200, 'over 2.0', '2.0'],
      gRPC: 'hello back',
    });
    expect(spoken).toEqual(spokenBare);
    expect(spoken.every((line) => line.startsWith('2.0'))).toBe(true);
  });

  test('a client that may speak h2, and speaks HTTP/1.1, is asked about', () => {
    expect(governed['undici that may speak h2']).toEqual([
      [200, 'over 2.0'],
      [200, '{"ok":true}'],
    ]);
    expect(asked).toContain(`${secure.url}/json`);
  });

  test('a program that checks its peer itself meets its peer, and is asked about', () => {
    expect(governed).toMatchObject({
      'pinned certificate': [200, true],
      'peer certificate': [true, true, '127.0.0.1', true],
      'addresses are watched': [true, 200, true],
      'checks switched off': 200,
      'TLS by hand': [true, true],
    });
    for (const query of ['pinned', 'peer', 'off']) expect(asked).toContain(`${secure.url}/json?${query}`);
    expect(asked).toContain(`${plain.url}/json?watched`);
    expect(asked).toContain(`${plain.url}/json?watched-again`);
  });

  test('what a program writes to a socket itself is its own', () => {
    expect(governed['HTTP by hand']).toBe('HTTP/1.1 200 Fine');
    expect(asked.some((url) => url.includes('hand'))).toBe(false);
  });

  test('what goes to a Unix socket stays on this machine, and is not asked about', () => {
    expect(governed['Unix socket']).toMatchObject({ statusCode: 200, body: 'by file /by-file' });
    expect(asked.some((url) => url.includes('by-file'))).toBe(false);
  });
});

test('a worker is governed as its program is', () => {
  expect(asked).toContain(`${plain.url}/json?worker`);
});
