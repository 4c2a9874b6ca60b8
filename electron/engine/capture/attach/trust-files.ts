import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTrustBundle } from '../../authority/trust-bundle.ts';
import type { TerminalEnvOptions } from './terminal-env.ts';

/**
 * The files that a program's variables name. Those that depend only on certificates stay in the data folder, one per
 * content. A copy of the user's wget settings may hold passwords: it lives in a folder of this run and is removed
 * by `remove`, or by the next run when this one was killed. `owner`: the process whose life it shares, if not this one.
 */
export function createTrustFiles(options: {
  dataDir: string;
  caPath: string;
  owner?: number;
  log: (line: string) => void;
}): {
  files: TerminalEnvOptions['files'];
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

  return { files: { bundle, extraCa, wgetrc }, remove: () => rmSync(ownRun, { recursive: true, force: true }) };
}

function keep(folder: string, name: string, text: string, mode: number): string {
  const path = join(folder, name);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return path;
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
      if (!alive) rmSync(join(runs, name), { recursive: true, force: true });
    }
  }
}
