// A program's calls reach the engine whole, however the program ends.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startListening } from './listening-engine.ts';
import { buildAgent, runNode, writeProgram, type BuiltAgent } from './program.ts';

let agent: BuiltAgent;
let origin: string;
const server = createServer((request, response) => {
  const body: Buffer[] = [];
  request.on('data', (chunk: Buffer) => body.push(chunk));
  request.on('end', () => {
    if (request.url === '/moved') return response.writeHead(302, { location: '/things' }).end();
    if (request.url === '/never') return undefined;
    return response.writeHead(200, { 'x-seen': 'yes' }).end(`got ${Buffer.concat(body).toString()}`);
  });
});
beforeAll(async () => {
  agent = await buildAgent();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  agent.remove();
  server.closeAllConnections();
  server.close();
});

test('one fetch and process.exit() are told whole: head, both bodies, end', async () => {
  const engine = await startListening();
  const file = writeProgram(
    agent.folder,
    'one.mjs',
    `const answer = await fetch(process.argv[2] + '/things?a=1', { method: 'POST', body: 'ahoy' });
     await answer.text();
     process.exit(7);`,
  );
  const ran = await runNode(['--require', agent.file, file, origin], engine.env);
  expect(ran).toEqual({ code: 7, signal: null, stdout: '', stderr: '' });
  await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);
  const [call, ...more] = engine.calls;
  expect(more).toEqual([]);
  expect(call?.opened).toMatchObject({ method: 'POST', scheme: 'http', host: '127.0.0.1', target: '/things?a=1' });
  expect(call?.fact('answered')).toMatchObject({ status: 200, reason: 'OK' });
  expect(call?.fact('closed')).toMatchObject({ failure: null, requestBytes: 4, responseBytes: 8 });
  expect([call?.request.toString(), call?.response.toString()]).toEqual(['ahoy', 'got ahoy']);
  expect(call?.frames[0]).toMatchObject({ file: expect.stringMatching(/one\.mjs$/) as string, line: 1 });
  await engine.stop();
});

test('it is told too when the engine says welcome only after the program has ended', async () => {
  let say = (): void => {};
  const engine = await startListening({ welcomeAfter: new Promise((resolve) => (say = resolve)) });
  const file = writeProgram(
    agent.folder,
    'late.mjs',
    `await (await fetch(process.argv[2] + '/things')).text(); process.exit(0);`,
  );
  expect(await runNode(['--require', agent.file, file, origin], engine.env)).toMatchObject({ code: 0, stderr: '' });
  await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);
  say();
  expect(engine.calls.map(({ facts }) => facts.at(-1))).toMatchObject([{ type: 'closed', failure: null }]);
  await engine.stop();
});

test('it is told too when the program never let its event loop turn after the answer', async () => {
  const engine = await startListening();
  const file = writeProgram(
    agent.folder,
    'throws.cjs',
    `require('http').get(process.argv[2] + '/things', (answer) => answer.resume().on('end', () => { throw new Error('on purpose'); }));`,
  );
  const ran = await runNode(['--require', agent.file, file, origin], engine.env);
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('on purpose') as string });
  await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);
  expect(engine.calls[0]?.fact('closed')).toMatchObject({ failure: null, responseBytes: 4 });
  await engine.stop();
});

test('what went through the proxy is only said to have been made: by port and order on its connection', async () => {
  const port = Number(new URL(origin).port);
  const engine = await startListening({ welcome: { proxyPorts: [port] } });
  const file = writeProgram(
    agent.folder,
    'joined.mjs',
    `import http from 'node:http';
     const agent = new http.Agent({ keepAlive: true });
     const get = (path) => new Promise((resolve) => http.get(process.argv[2] + path, { agent }, (answer) => {
       const { localPort } = answer.socket;
       answer.resume().on('end', () => resolve(localPort));
     }));
     console.log(JSON.stringify([await get('/a'), await get('/b?c'), await get('/d')]));
     await (await fetch(process.argv[2] + '/things')).text();
     agent.destroy();`,
  );
  const ran = await runNode(['--require', agent.file, file, origin], engine.env);
  const ports = JSON.parse(ran.stdout) as number[];
  await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);
  expect(engine.calls).toEqual([]);
  expect(engine.joined.map(({ method, target, port, ordinal }) => ({ method, target, port, ordinal }))).toEqual([
    { method: 'GET', target: '/a', port: ports[0], ordinal: 0 },
    { method: 'GET', target: '/b?c', port: ports[1], ordinal: 1 },
    { method: 'GET', target: '/d', port: ports[2], ordinal: 2 },
    { method: 'GET', target: '/things', port: expect.any(Number) as number, ordinal: 0 },
  ]);
  expect(engine.joined[1]?.frames[0]?.line).toBe(3);
  await engine.stop();
});

test('every worker thread and every child that inherits the environment says hello for itself', async () => {
  const engine = await startListening();
  const file = writeProgram(
    agent.folder,
    'family.cjs',
    `const { Worker, isMainThread } = require('worker_threads');
     const { spawn } = require('child_process');
     const call = () => fetch(process.argv[2] + '/things').then((answer) => answer.text());
     if (!isMainThread || process.argv[3] === 'child') return call();
     call();
     new Worker(__filename, { argv: [process.argv[2]] });
     spawn(process.execPath, [__filename, process.argv[2], 'child'], { stdio: 'inherit' });`,
  );
  const ran = await runNode([file, origin], { ...engine.env, NODE_OPTIONS: `--require ${agent.file}` });
  expect(ran).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  await engine.until(() => engine.hellos.length === 3 && engine.connected() === 0);
  const [main] = engine.hellos;
  expect(engine.hellos.map(({ pid, thread }) => [pid === main?.pid, thread > 0])).toEqual(
    expect.arrayContaining([
      [true, false],
      [true, true],
      [false, false],
    ]),
  );
  expect(engine.calls.map(({ hello, facts }) => [hello.pid, hello.thread, facts.at(-1)?.type])).toHaveLength(3);
  await engine.stop();
});
