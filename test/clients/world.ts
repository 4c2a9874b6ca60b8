// One engine, started by the real command line, and everything a row of the matrix does with it: run a client
// through `sallyport run`, then read back what was recorded with `calls` and `call`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestCa, type TestCa } from '../harness/test-ca.ts';
import { startVendor, type Route, type Vendor } from './origin.ts';

/** The built command line. */
export const cli = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url));

export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A line of `calls --format ndjson`, as far as the matrix looks at it. */
export interface Row {
  id: string;
  app: string | null;
  method: string;
  url: string;
  host: string;
  path: string;
  status: number | null;
  failure: string | null;
  protocol: string | null;
  tlsVersion: string | null;
  requestBodyBytes: number;
  responseBodyBytes: number;
  durationMs: number | null;
  source: 'proxy' | 'agent';
  /** WebSocket messages or server-sent events. */
  messages?: number;
}

export interface World {
  folder: string;
  ca: TestCa;
  vendor: Vendor;
  /** `127.0.0.1:PORT` of the proxy, and the file of our CA. */
  proxy: string;
  caPath: string;
  /** The address that opens the workspace in a browser. */
  link: string;
  /** Any command of sallyport on this world's data folder. */
  sallyport(command: string, args: string[], options?: RunOptions): Promise<Ran>;
  /** The same, and told of its end later. */
  begin(command: string, args: string[], options?: RunOptions): ReturnType<typeof start>;
  /** Runs a client through `sallyport run`; its calls are listed under `app`. */
  run(app: string, client: string[], options?: RunOptions): Promise<Ran>;
  /** What was recorded of an app, oldest first. */
  calls(app: string): Promise<Row[]>;
  body(id: string, side: 'request' | 'response'): Promise<string>;
  /** Kills the engine; `comeBack` starts another on the same folder and ports. */
  crash(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** Null: left open. */
  input?: string | null;
}

export interface WorldOptions {
  routes?: Route[];
  /** Starts further origins, given who signs for them: `host:port` as clients say it → port on this machine. */
  startHosts?: (ca: TestCa) => Promise<Record<string, number>>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-clients-'));
  const dataDir = join(folder, 'data');
  const ca = createTestCa();
  const vendor = await startVendor(ca, 'api.vendor.example', options.routes);
  const upstreamCa = join(folder, 'origins.pem');
  writeFileSync(upstreamCa, ca.pem);
  const readyFile = join(folder, 'ready.json');
  const ways = [
    `${vendor.host}:443=127.0.0.1:${vendor.httpsPort}`,
    `${vendor.host}:80=127.0.0.1:${vendor.httpPort}`,
    ...Object.entries((await options.startHosts?.(ca)) ?? {}).map(([host, port]) => `${host}=127.0.0.1:${port}`),
  ];
  const startEngine = (proxyPort: string, workspacePort: string) =>
    start(
      [process.execPath, cli, 'serve', '--data', dataDir, '--ready-file', readyFile]
        .concat('--proxy-port', proxyPort, '--workspace-port', workspacePort)
        .concat(ways.flatMap((way) => ['--connect-to', way]))
        .concat('--upstream-ca', upstreamCa),
      { env: cleanEnvironment() },
    );
  let engine = startEngine('0', '0');
  await fileOf(readyFile, engine.end);
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as {
    proxy: string;
    ca: string;
    workspace: string;
    token: string;
  };

  const begin: World['begin'] = (command, args, { env, ...rest } = {}) =>
    start([process.execPath, cli, ...command.split(' '), '--data', dataDir, ...args], {
      ...rest,
      env: { ...cleanEnvironment(), ...env },
    });
  const sallyport: World['sallyport'] = (command, args, runOptions) => begin(command, args, runOptions).end;

  return {
    folder,
    ca,
    vendor,
    proxy: new URL(ready.proxy).host,
    caPath: ready.ca,
    link: `${ready.workspace}?token=${ready.token}`,
    begin,
    sallyport,
    run: (app, client, runOptions) => sallyport('run', ['--app', app, '--', ...client], runOptions),
    async calls(app) {
      const { stdout, stderr, code } = await sallyport('calls', [`app:"${app}"`, '--format', 'ndjson']);
      if (code !== 0) throw new Error(`sallyport calls failed: ${stderr}`);
      const rows = stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Row);
      return rows.sort((a, b) => Number(a.id) - Number(b.id));
    },
    async body(id, side) {
      const { stdout, stderr, code } = await sallyport('call', [id, '--body', side]);
      if (code !== 0) throw new Error(`sallyport call failed: ${stderr}`);
      return stdout;
    },
    async crash() {
      engine.child.kill('SIGKILL');
      await engine.end;
    },
    async comeBack() {
      rmSync(readyFile, { force: true });
      engine = startEngine(new URL(ready.proxy).port, new URL(ready.workspace).port);
      await fileOf(readyFile, engine.end);
    },
    async stop() {
      engine.child.kill('SIGTERM');
      await engine.end;
      await vendor.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The tests' own surroundings must not decide: no proxies, no trust, nothing of npm's. */
export function cleanEnvironment(): Record<string, string | undefined> {
  const foreign = /^(npm_|.*_proxy$|.*CA_(BUNDLE|CERTS|FILE)$|.*_CERT(_FILE|_DIR)?$|NODE_|VITEST|SALLYPORT)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Starts a program; `end` resolves when it and its pipes are closed. */
export function start(command: string[], options: RunOptions = {}) {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: 'pipe' });
  const ran: Ran = { code: null, signal: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ran.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
  child.stdin.on('error', () => {});
  if (options.input !== null) child.stdin.end(options.input ?? '');
  const end = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...ran, code, signal }));
  });
  return { child, end };
}

/** Waits until a file is there; fails with what the program said when it ends before. */
async function fileOf(path: string, end: Promise<Ran>): Promise<void> {
  let ended: Ran | null = null;
  void end.then((ran) => (ended = ran));
  while (!existsSync(path)) {
    if (ended) throw new Error(`the engine ended before it was ready: ${(ended as Ran).stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a program is on the PATH. */
export async function hasProgram(...command: string[]): Promise<boolean> {
  try {
    return (await start(command).end).code === 0;
  } catch {
    return false;
  }
}
