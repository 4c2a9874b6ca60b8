// The engine's process ends in every way there is; what its shell does then.
import { beforeEach, expect, test } from 'vitest';
import type { EngineCondition } from '../../shared/desktop/bridge.ts';
import { superviseEngine } from '../../electron/shell/engine-supervisor.ts';
import type { EngineSupervisor } from '../../electron/shell/engine-supervisor.ts';
import { createElectronStandIn } from '../harness/electron-stand-in.ts';
import type { ElectronStandIn, ScriptedProcess } from '../harness/electron-stand-in.ts';

let world: ElectronStandIn;
let engine: EngineSupervisor;
let conditions: EngineCondition[];
let waiting: { ms: number; run: () => void; gone: boolean }[];
let now: number;
let held: string[];

beforeEach(() => {
  world = createElectronStandIn({ home: '/nowhere' });
  conditions = [];
  waiting = [];
  held = [];
  now = 0;
  engine = superviseEngine({
    electron: world.electron,
    enginePath: '/dist/engine-process.mjs',
    options: { dataDir: '/data', version: '1', reach: {}, reachArguments: [] },
    log() {},
    onHeld: (why) => held.push(why),
    timers: {
      now: () => now,
      after(ms, run) {
        const timer = { ms, run, gone: false };
        waiting.push(timer);
        return () => (timer.gone = true);
      },
    },
  });
  engine.onCondition((condition) => conditions.push(condition));
});

const newest = (): ScriptedProcess => world.processes.at(-1) as ScriptedProcess;
const optionsOf = (one: ScriptedProcess): unknown => JSON.parse(one.args[0] ?? '');
/** The timer that waits runs out. */
const pass = (): void => {
  const timer = waiting.findLast(({ gone }) => !gone);
  if (!timer) throw new Error('nothing waits');
  timer.gone = true;
  timer.run();
};
const ready = (port = 4780): void =>
  newest().says({
    say: 'ready',
    at: {
      pid: 1,
      proxy: `http://127.0.0.1:${port}`,
      workspace: `http://127.0.0.1:${port + 1}/`,
      token: 't',
      ca: '/ca.pem',
    },
  });

test('a crash is told, and the engine starts again on the ports that programs were told', () => {
  engine.start();
  ready(5000);
  expect(conditions).toEqual([{ is: 'starting' }, { is: 'running' }]);
  newest().emit('exit', 139);
  expect([engine.condition(), engine.place()]).toEqual([
    { is: 'restarting', why: 'It ended unexpectedly (exit code 139).', attempt: 1, inMs: 250 },
    null,
  ]);
  pass();
  expect(world.processes).toHaveLength(2);
  expect(optionsOf(newest())).toMatchObject({ dataDir: '/data', proxyPort: 5000, workspacePort: 5001 });
  ready(5000);
  expect(engine.condition()).toEqual({ is: 'running' });
});

test('crashes in a row are tried ever later; after a minute of peace the count begins anew', () => {
  engine.start();
  const waits: number[] = [];
  for (let i = 0; i < 7; i++) {
    ready();
    newest().emit('exit', 1);
    waits.push(waiting.at(-1)?.ms ?? 0);
    pass();
  }
  expect(waits).toEqual([250, 1000, 3000, 10_000, 30_000, 30_000, 30_000]);
  ready();
  now += 60_000;
  newest().emit('exit', 1);
  expect(waiting.at(-1)?.ms).toBe(250);
});

test('a port that somebody else took meanwhile is let go', () => {
  engine.start();
  ready(5000);
  newest().emit('exit', 1);
  pass();
  newest().says({ say: 'cannot-start', why: 'Port 5000 is in use.', kind: 'engine' });
  newest().emit('exit', 1);
  expect(engine.condition()).toMatchObject({ is: 'restarting', why: 'Port 5000 is in use.' });
  pass();
  expect(optionsOf(newest())).not.toHaveProperty('proxyPort');
});

test('what cannot start is not tried again by itself, but when somebody asks', () => {
  engine.start();
  newest().says({ say: 'cannot-start', why: 'The data folder cannot be used.', kind: 'engine' });
  newest().emit('exit', 1);
  expect(engine.condition()).toEqual({ is: 'failed', why: 'The data folder cannot be used.' });
  expect(waiting).toEqual([]);
  engine.start();
  expect(world.processes).toHaveLength(2);
  engine.start();
  expect(world.processes).toHaveLength(2);
});

test('a folder held by another engine is reported, not fought over', () => {
  engine.start();
  newest().says({ say: 'cannot-start', why: 'Another engine uses it.', kind: 'held' });
  newest().emit('exit', 1);
  expect([held, waiting]).toEqual([['Another engine uses it.'], []]);
});

test('it is stopped by asking, and by force only when it does not answer', async () => {
  engine.start();
  ready();
  const stopped = engine.stop('the app quits');
  expect(newest().heard.at(-1)?.message).toEqual({ say: 'stop', why: 'the app quits' });
  expect(engine.stop('again')).toBe(stopped);
  newest().emit('exit', 0);
  await stopped;
  expect([newest().killed, world.processes.length, waiting.at(-1)?.gone]).toEqual([false, 1, true]);
});

test('an engine that hangs is ended after its grace', async () => {
  engine.start();
  ready();
  const stopped = engine.stop('the app quits');
  pass();
  await stopped;
  expect(newest().killed).toBe(true);
});

test('while it waits to start again it can be stopped, and stays so', async () => {
  engine.start();
  ready();
  newest().emit('exit', 1);
  await engine.stop('the app quits');
  expect(waiting.every(({ gone }) => gone)).toBe(true);
  engine.start();
  expect(world.processes).toHaveLength(1);
});

test('there is a port while it runs, and none otherwise', () => {
  engine.start();
  expect(engine.openPort()).toBe(null);
  ready();
  const port = engine.openPort();
  expect(port).not.toBe(null);
  expect(newest().heard.at(-1)).toMatchObject({ message: { say: 'port' }, ports: [expect.anything()] });
  port?.close();
  newest().emit('exit', 1);
  expect(engine.openPort()).toBe(null);
});

test('a question that a crash cuts off is refused, not left hanging', async () => {
  engine.start();
  await expect(engine.planTrust('install')).rejects.toThrow('not running');
  ready();
  const asked = engine.planTrust('install');
  newest().emit('exit', 1);
  await expect(asked).rejects.toThrow('ended before');
});
