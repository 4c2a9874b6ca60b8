// A clone small enough to set up in a test: the real launcher and set-up, with stand-ins for npm, for the bundler and
// for the program. Each stand-in notes in `log` that it ran.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

const lockfile = JSON.stringify({ packages: { '': {}, 'node_modules/node': { version: '24.0.0' } } });

const npm = `
import { appendFileSync, mkdirSync, symlinkSync } from 'node:fs';
appendFileSync('log', 'npm ' + process.argv[2] + '\\n');
if (process.env.NPM_BREAKS) { console.log('the registry is on fire'); process.exit(1); }
mkdirSync('node_modules/node/bin', { recursive: true });
symlinkSync(${JSON.stringify(process.execPath)}, 'node_modules/node/bin/node');
`;

const bundler = `
import { appendFileSync, copyFileSync, mkdirSync } from 'node:fs';
appendFileSync('log', 'bundle\\n');
mkdirSync('dist', { recursive: true });
copyFileSync('electron/main.mjs', 'dist/cli.mjs');
`;

export interface Clone {
  path: string;
  /** What the stand-ins did so far, a line each. */
  log(): string[];
  remove(): void;
}

/** @param program source of what the clone builds and runs */
export function createClone(program: string): Clone {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-clone-'));
  const write = (name: string, text: string) => writeFileSync(join(path, name), text);
  cpSync(join(root, 'build'), join(path, 'build'), { recursive: true });
  mkdirSync(join(path, 'electron'));
  write('package.json', '{"type": "module"}');
  write('package-lock.json', lockfile);
  write('npm.js', npm);
  write('build/bundle.ts', bundler);
  write('electron/main.mjs', program);
  write('log', '');
  return {
    path,
    log: () => readFileSync(join(path, 'log'), 'utf8').split('\n').filter(Boolean),
    remove: () => rmSync(path, { recursive: true }),
  };
}

/** Leaves the clone as `npm ci` run by hand does. */
export function installByHand(clone: Clone): void {
  mkdirSync(join(clone.path, 'node_modules', 'node', 'bin'), { recursive: true });
  symlinkSync(process.execPath, join(clone.path, 'node_modules', 'node', 'bin', 'node'));
  writeFileSync(join(clone.path, 'node_modules', '.package-lock.json'), lockfile);
}

export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Starts a script of the clone. `line` resolves with the first line of its output, `end` when its pipes are closed. */
export function startIn(clone: Clone, args: string[], env: NodeJS.ProcessEnv = {}, node = process.execPath) {
  const child = spawn(node, args, {
    cwd: clone.path,
    env: { ...process.env, npm_execpath: join(clone.path, 'npm.js'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ran: Ran = { code: null, signal: null, stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
  const line = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      ran.stdout += text;
      if (ran.stdout.includes('\n')) resolve(ran.stdout.split('\n')[0] ?? '');
    });
  });
  const end = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...ran, code, signal }));
  });
  return { child, line, end };
}
