import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect as connectTcp, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createTestCa, type TestCa } from '../harness/test-ca.ts';

/** The scratch folder, certificate authority and child processes of one run of the bench. */
export interface Place {
  folder: string;
  ca: TestCa;
  caFile: string;
  /** Ports of the origins of this run. */
  originPorts: number[];
  /** A sub-folder of its own. */
  room(name: string): string;
  /** Starts a program that is stopped when the run ends. */
  start(
    command: string,
    args: readonly string[],
    options?: { env?: Record<string, string>; cwd?: string },
  ): ChildProcess & { pid: number };
  freePort(): Promise<number>;
  /** Resolves when something listens there. */
  listening(port: number, child: ChildProcess, what: string): Promise<void>;
  leave(): Promise<void>;
}

/** The name origins go by; h0.bench.test, h1.bench.test … are covered by its certificate. */
export const BENCH_DOMAIN = 'bench.test';

export function enterPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const ca = createTestCa('Bench origins');
  const caFile = join(folder, 'origins-ca.pem');
  writeFileSync(caFile, ca.pem);
  const children = new Set<ChildProcess>();
  return {
    folder,
    ca,
    caFile,
    originPorts: [],
    room(name) {
      const path = join(folder, name);
      // squid and nginx give up root for a user of their own.
      mkdirSync(path, { recursive: true, mode: 0o777 });
      spawnSync('chmod', ['777', folder, path]);
      return path;
    },
    start(command, args, options = {}) {
      const child = spawn(command, args, {
        stdio: ['ignore', 'ignore', 'pipe'],
        ...options,
        env: { ...process.env, ...options.env },
      });
      let said = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-2000);
      });
      children.add(child);
      child.once('exit', (code, signal) => {
        if (children.delete(child) && code !== 0 && signal === null)
          console.error(`${command} ended with ${code}: ${said}`);
      });
      if (child.pid === undefined) throw new Error(`${command} could not be started`);
      return child as ChildProcess & { pid: number };
    },
    async freePort() {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      server.close();
      return port;
    },
    async listening(port, child, what) {
      for (let i = 0; i < 300; i++) {
        if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}`);
        const open = await new Promise<boolean>((resolve) => {
          const socket = connectTcp(port, '127.0.0.1', () => {
            socket.destroy();
            resolve(true);
          });
          socket.on('error', () => resolve(false));
        });
        if (open) return;
        await pause(100);
      }
      throw new Error(`${what} does not listen on ${port}`);
    },
    async leave() {
      await Promise.all(
        [...children].map(async (child) => {
          const gone = once(child, 'exit');
          children.delete(child);
          child.kill('SIGTERM');
          const timer = setTimeout(() => child.kill('SIGKILL'), 8000);
          await gone;
          clearTimeout(timer);
        }),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function isInstalled(command: string): boolean {
  return spawnSync('which', [command]).status === 0 || spawnSync(command, ['--version']).status === 0;
}
