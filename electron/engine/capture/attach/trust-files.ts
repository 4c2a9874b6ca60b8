import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { writeTrustBundle } from '../../authority/trust-bundle.ts';
import { certificatesOf, writeJavaStore } from './java-store.ts';
import type { TerminalEnvOptions } from './terminal-env.ts';

/**
 * The files that a program's variables name. Those that depend only on certificates stay in the data folder, one per
 * content; so do the hooks' files, which hold no secrets: a program that outlives its run would not start without them.
 * A copy of the user's wget settings may hold passwords: it lives in a folder of this run and is removed
 * by `remove`, or by the next run when this one was killed. `owner`: the process whose life it shares, if not this one.
 */
export function createTrustFiles(options: {
  dataDir: string;
  caPath: string;
  owner?: number;
  log: (line: string) => void;
}): {
  files: TerminalEnvOptions['files'];
  /** A file that may hold secrets, as long as the run lasts. */
  keepForRun(name: string, content: string): string;
  remove: () => void;
} {
  const { dataDir, caPath, log } = options;
  const caPem = readFileSync(caPath, 'utf8');
  const runs = join(dataDir, 'runs');
  const ownRun = join(runs, String(options.owner ?? process.pid));
  removeLeftovers(runs);

  function bundle(existing: string[]): string {
    return writeTrustBundle({ dataDir, caPem, existing, log });
  }

  function extraCa(existing: string | null): string {
    const before = existing ? readText(existing, log) : null;
    if (before === null || before.includes(caPem.trim())) return before === null ? caPath : (existing ?? caPath);
    const text = `${before.trimEnd()}\n${caPem}`;
    return keep(dataDir, `ca-extra-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.pem`, text, 0o644);
  }

  function wgetrc(existing: string | null, bundlePath: string): string {
    const before = existing && existsSync(existing) ? readText(existing, log) : null;
    const setting = `ca_certificate = ${bundlePath}\n`;
    if (before === null) return keep(dataDir, 'wgetrc', setting, 0o600);
    mkdirSync(ownRun, { recursive: true, mode: 0o700 });
    return keep(ownRun, 'wgetrc', `${before.trimEnd()}\n${setting}`, 0o600);
  }

  function keepHook(name: string, content: string | Uint8Array): string {
    const path = join(dataDir, 'hooks', name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return keep(dirname(path), basename(path), content, 0o600);
  }

  function javaStore(bundlePath: string): string {
    const pem = readFileSync(bundlePath, 'latin1');
    const mark = createHash('sha256').update(pem).digest('hex').slice(0, 8);
    return keepHook(`java-trust-${mark}.jks`, writeJavaStore(certificatesOf(pem)));
  }

  let outside: string | null = null;
  function readable(path: string): string {
    // Only root's programs go on as somebody else.
    if (process.getuid?.() !== 0 || openToAll(dirname(path))) return path;
    outside ??= mkdtempSync(join(tmpdir(), OUTSIDE));
    chmodSync(outside, 0o755);
    mkdirSync(ownRun, { recursive: true, mode: 0o700 });
    writeFileSync(join(ownRun, 'outside'), outside);
    const copy = join(outside, basename(path));
    copyFileSync(path, copy);
    chmodSync(copy, 0o644);
    return copy;
  }

  return {
    files: { bundle, extraCa, wgetrc, keep: keepHook, readable, javaStore },
    keepForRun(name, content) {
      mkdirSync(ownRun, { recursive: true, mode: 0o700 });
      return keep(ownRun, name, content, 0o600);
    },
    remove: () => removeRun(ownRun),
  };
}

const OUTSIDE = 'sallyport-ca-';

/** Whether every user of this machine can come to what lies in a folder. */
function openToAll(folder: string): boolean {
  const others = (statSync(folder).mode & 0o001) !== 0;
  return others && (dirname(folder) === folder || openToAll(dirname(folder)));
}

/** What a process or an engine, by its id, has for its own runs alone. */
export function removeRunOf(dataDir: string, owner: number): void {
  removeRun(join(dataDir, 'runs', String(owner)));
}

function removeRun(run: string): void {
  try {
    const outside = readFileSync(join(run, 'outside'), 'utf8');
    if (dirname(outside) === tmpdir() && basename(outside).startsWith(OUTSIDE))
      rmSync(outside, { recursive: true, force: true });
  } catch {
    // Nothing outside.
  }
  rmSync(run, { recursive: true, force: true });
}

function keep(folder: string, name: string, text: string | Uint8Array, mode: number): string {
  const path = join(folder, name);
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(text))) return path;
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode });
  renameSync(draft, path);
  return path;
}

function readText(path: string, log: (line: string) => void): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    log(
      `${path} is set but cannot be read, so it is left out: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  }
}

/** Folders of runs whose process is gone. */
function removeLeftovers(runs: string): void {
  if (!existsSync(runs)) return;
  for (const name of readdirSync(runs)) {
    try {
      process.kill(Number(name), 0);
    } catch (error) {
      const alive = error instanceof Error && 'code' in error && error.code === 'EPERM';
      if (!alive) removeRun(join(runs, name));
    }
  }
}
