// An engine, the other end of a link that asks, and programs that are run bare or governed.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createFrameReader, jsonFrame } from '../../shared/agent/frames.ts';
import type { Ask, FromEngine, Verdict } from '../../shared/agent/link.ts';
import { startEngine, type EngineUnderTest } from '../harness/engine-under-test.ts';
import { createTestCa, type TestCa } from '../harness/test-ca.ts';

export type Decider = (
  question: Ask,
) => Omit<Verdict, 'type' | 'id'> | 'silence' | Promise<Omit<Verdict, 'type' | 'id'>>;

export interface GovernWorld {
  ca: TestCa;
  engine: EngineUnderTest;
  /** What was asked, in order. */
  asked: Ask[];
  /** Who decides; allows when nobody is set. */
  decide: Decider;
  env(more?: Record<string, string>): NodeJS.ProcessEnv;
  /** Runs a module with the agent, or bare; what it prints is JSON. */
  run(program: string, options?: RunOptions): Promise<unknown>;
  start(program: string, options?: RunOptions): ChildProcess;
  /** The link is gone, and nobody takes new ones. */
  hangUp(): Promise<void>;
  stopEngine(): Promise<void>;
  stop(): Promise<void>;
}

export interface RunOptions {
  bare?: boolean;
  /** It trusts the origins' authority, as bare programs do. */
  trusting?: boolean;
  args?: string[];
  env?: Record<string, string>;
  /** The agent's file, when it is not the source. */
  agent?: string;
}

export const ALLOW: Omit<Verdict, 'type' | 'id'> = { verdict: 'allow', answer: null };
const register = fileURLToPath(new URL('programs/govern-register.ts', import.meta.url));

export async function startGovernWorld(): Promise<GovernWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-govern-'));
  const ca = createTestCa();
  const caFile = join(folder, 'origins.pem');
  writeFileSync(caFile, ca.pem);
  const engine = await startEngine({ upstreamCa: [ca.pem] });
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\govern-${process.pid}` : join(folder, 'link');
  const links = new Set<net.Socket>();
  const children = new Set<ChildProcess>();

  const server = net.createServer((socket) => {
    links.add(socket);
    socket.on('error', () => {});
    const say = (message: FromEngine): boolean => socket.write(jsonFrame(Buffer.from(JSON.stringify([message]))));
    say({ type: 'welcome', proxyPorts: [engine.proxyPort], bodyLimit: 65_536, paused: false, ownPorts: [] });
    const reader = createFrameReader({
      json(payload) {
        for (const question of JSON.parse(Buffer.from(payload).toString('utf8')) as Ask[]) {
          world.asked.push(question);
          const said = world.decide(question);
          if (said === 'silence') continue;
          void Promise.resolve(said).then((verdict) => say({ type: 'verdict', id: question.id, ...verdict }));
        }
      },
      piece() {},
    });
    socket.on('data', (chunk) => reader.push(chunk));
    socket.on('close', () => links.delete(socket));
  });
  server.listen(path);
  await once(server, 'listening');

  let stopping: Promise<void> | null = null;
  const world: GovernWorld = {
    ca,
    engine,
    asked: [],
    decide: () => ALLOW,
    env: (more = {}) => {
      const env: NodeJS.ProcessEnv = { ...process.env, SALLYPORT_AGENT_SOCKET: path, NODE_NO_WARNINGS: '1', ...more };
      for (const name of Object.keys(env))
        if (/^(https?|all|no)_proxy$|^VITEST|^NODE_OPTIONS$/i.test(name)) delete env[name];
      return env;
    },
    start(program, { bare = false, trusting = bare, args = [], env = {}, agent = register } = {}) {
      const load = bare ? [] : ['--import', pathToFileURL(agent).href];
      // Bare programs check the origin themselves; governed ones do not know its authority.
      const trust: Record<string, string> = trusting ? { NODE_EXTRA_CA_CERTS: caFile } : {};
      const child = spawn(process.execPath, [...load, program, ...args], {
        env: world.env({ ...trust, ...env }),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.add(child);
      child.on('exit', () => children.delete(child));
      return child;
    },
    async run(program, options) {
      const child = world.start(program, options);
      let out = '';
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
      if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}: ${out}`);
      return JSON.parse(out);
    },
    async hangUp() {
      for (const link of links) link.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
    stopEngine() {
      // The rest of this world still stands, so nobody looks for leftovers.
      stopping ??= engine.engine.stop(0);
      return stopping;
    },
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      await world.hangUp();
      await (stopping ?? engine.stop());
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}
