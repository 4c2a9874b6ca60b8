// What the agent never does to a program, whatever becomes of the engine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonFrame } from '../../shared/agent/frames.ts';
import { LINK_ENV } from '../../shared/agent/link.ts';
import { startListening } from './listening-engine.ts';
import { startOrigins, type Origins } from './origins.ts';
import { buildAgent, runNode, writeProgram, type BuiltAgent } from './program.ts';

let agent: BuiltAgent;
let origins: Origins;
beforeAll(async () => {
  [agent, origins] = await Promise.all([buildAgent(), startOrigins()]);
});
afterAll(() => {
  agent.remove();
  origins.stop();
});

const program = (name: string): string => join(import.meta.dirname, 'programs', name);

test('the engine is killed in the middle, comes back, is killed again: the program notices nothing', async () => {
  const engine = await startListening();
  const file = writeProgram(
    agent.folder,
    'through-it.mjs',
    `import { once } from 'node:events';
     const words = process.stdin.setEncoding('utf8');
     for (let part = 0; part < 4; part++) {
       for (let i = 0; i < 40; i++) {
         const answer = await fetch(process.argv[2] + '/json?' + part);
         if (!(await answer.json()).ok) throw new Error('not what was asked for');
       }
       console.log('part', part);
       if (part < 3) await once(words, 'data');
     }
     process.stdin.destroy();`,
  );
  const child = spawn(process.execPath, ['--require', agent.file, file, origins.addresses.plain], {
    env: { ...process.env, ...engine.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  const waiting: (() => void)[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of waiting.splice(0)) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const said = async (text: string): Promise<void> => {
    while (!stdout.includes(text)) await new Promise<void>((resolve) => void waiting.push(resolve));
  };
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  await said('part 0');
  await engine.until(() => engine.calls.some(({ opened }) => opened.target === '/json?0'));
  await engine.kill();
  child.stdin.write('go');
  await said('part 1');
  await engine.restart();
  await engine.until(() => engine.hellos.length === 2);
  child.stdin.write('go');
  await said('part 2');
  await engine.kill();
  child.stdin.write('go');
  expect(await ended).toBe(0);
  expect([stdout, stderr]).toEqual(['part 0\npart 1\npart 2\npart 3\n', '']);
  // What it did while nobody was there is told to the next engine.
  expect(engine.calls.filter(({ opened }) => opened.target === '/json?1').length).toBeGreaterThan(0);
  await engine.stop();
});

test.each([
  ['there is no engine', { [LINK_ENV.socket]: '/nowhere/agent.sock' }],
  ['the secret cannot be read', { [LINK_ENV.secretFile]: '/nowhere/secret' }],
])('%s: the program runs as without us', async (_, env) => {
  const engine = await startListening();
  const args = [program('clients.mjs'), 'fetch', JSON.stringify(origins.addresses)];
  const trust = { NODE_EXTRA_CA_CERTS: origins.caFile };
  const bare = await runNode(args, trust);
  expect(await runNode(['--require', agent.file, ...args], { ...trust, ...engine.env, ...env })).toEqual(bare);
  expect(engine.hellos).toEqual([]);
  await engine.stop();
});

test('an engine that hangs keeps no program, however much there is to tell', async () => {
  const engine = await startListening();
  await engine.kill();
  // It says welcome, and never reads again.
  const welcome = { type: 'welcome', proxyPorts: [], bodyLimit: 1 << 20, paused: false, ownPorts: [] };
  const sockets = new Set<{ destroy(): void }>();
  const hanging = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.pause();
      socket.write(jsonFrame(Buffer.from(JSON.stringify([welcome]))));
    });
  }).listen(engine.env[LINK_ENV.socket]);
  await once(hanging, 'listening');
  const file = writeProgram(
    agent.folder,
    'much.mjs',
    `for (let i = 0; i < 12; i++) await (await fetch(process.argv[2] + '/big')).text();
     console.log(process.memoryUsage().arrayBuffers < 64e6);`,
  );
  const ran = await runNode(['--require', agent.file, file, origins.addresses.plain], engine.env);
  expect(ran).toEqual({ code: 0, signal: null, stdout: 'true\n', stderr: '' });
  hanging.close();
  for (const socket of sockets) socket.destroy();
  await engine.stop();
});

test('more than there is room for: bodies go first and calls are told, and what went is counted', async () => {
  let say = (): void => {};
  const engine = await startListening({ welcomeAfter: new Promise((resolve) => (say = resolve)) });
  const file = writeProgram(
    agent.folder,
    'too-much.mjs',
    `import { once } from 'node:events';
     for (let i = 0; i < 6; i++) await (await fetch(process.argv[2] + '/big?' + i)).text();
     console.log('made');
     await once(process.stdin, 'data');
     process.stdin.destroy();`,
  );
  const child = spawn(process.execPath, ['--require', agent.file, file, origins.addresses.plain], {
    env: { ...process.env, ...engine.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  say();
  await engine.until(
    () => engine.calls.length === 6 && engine.calls.every((call) => call.fact('closed') !== undefined),
  );
  child.stdin.write('go');
  await once(child, 'close');
  await engine.until(() => engine.connected() === 0);
  const shed = engine.calls.filter((call) => call.fact('body-shed') !== undefined);
  expect(shed.length).toBeGreaterThan(0);
  expect(engine.drops).toEqual({ calls: 0, bodies: shed.length });
  expect(engine.calls.map((call) => call.fact('closed')?.responseBytes)).toEqual(Array(6).fill(700_000));
  await engine.stop();
});

test('a paused or unwilling engine is told nothing', async () => {
  for (const welcome of [{ paused: true }, { ownPorts: [Number(new URL(origins.addresses.plain).port)] }]) {
    const engine = await startListening({ welcome });
    const file = writeProgram(agent.folder, 'quiet.mjs', `await (await fetch(process.argv[2])).text();`);
    const ran = await runNode(['--require', agent.file, file, `${origins.addresses.plain}/json`], engine.env);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);
    expect([engine.calls, engine.joined, engine.connections]).toEqual([[], [], []]);
    await engine.stop();
  }
});

test('a connection that carries no calls we can read is named, once', async () => {
  const database = createServer((socket) => socket.end('ready')).listen(0, '127.0.0.1');
  await once(database, 'listening');
  const { port } = database.address() as { port: number };
  const engine = await startListening();
  const file = writeProgram(
    agent.folder,
    'database.mjs',
    `import { connect, Socket } from 'node:net';
     import { once } from 'node:events';
     const socket = connect(${port}, '127.0.0.1');
     socket.resume();
     await once(socket, 'close');
     const other = new Socket();
     other.connect({ port: ${port}, host: 'localhost' });
     other.resume();
     await once(other, 'close');
     await (await fetch(process.argv[2])).text();`,
  );
  await runNode(['--require', agent.file, file, `${origins.addresses.plain}/json`], engine.env);
  await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);
  expect(engine.connections).toMatchObject([
    { host: '127.0.0.1', address: '127.0.0.1', port },
    { host: 'localhost', address: '127.0.0.1', port },
  ]);
  expect(engine.calls.length).toBe(1);
  database.close();
  await engine.stop();
});

test('the file that is put into programs can be read by every Node since 12, and does nothing before 18', async () => {
  const text = readFileSync(agent.file, 'utf8');
  const [guard] = text.split('try {', 1);
  expect(guard).toContain('parseInt(versions.node, 10) >= 18');
  // Syntax of ES2020 and later, outside of texts and comments.
  const code = text
    .replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""');
  expect(code.match(/\?\?|\?\.[a-z[(]|\|\|=|&&=|\d_\d|\d+n\b|#[a-z]\w*\s*[=(;]|static \{/gi)).toBeNull();
  expect(code).not.toContain('import(');
  const old = writeProgram(
    agent.folder,
    'old.cjs',
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '12.22.0' } });
     const before = process.listenerCount('exit');
     const { withApp, annotate } = require(${JSON.stringify(agent.file)});
     annotate({ a: 1 });
     console.log(withApp('x', () => 4), process.listenerCount('exit') - before);`,
  );
  const engine = await startListening();
  expect(await runNode([old], engine.env)).toMatchObject({ code: 0, stdout: '4 0\n', stderr: '' });
  await engine.stop();
});

test('a program with as many exit listeners as Node allows is not warned because of ours', async () => {
  const engine = await startListening();
  const file = writeProgram(agent.folder, 'exits.cjs', `for (let i = 0; i < 10; i++) process.on('exit', () => {});`);
  expect(await runNode(['--require', agent.file, file], engine.env)).toMatchObject({ code: 0, stderr: '' });
  await engine.stop();
});
