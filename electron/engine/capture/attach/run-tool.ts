import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How a tool of this machine ended. `code` null: it could not be started, or did not end in time. */
export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A program that goes on. */
export interface Started {
  /** Null when it could not be started. */
  pid: number | null;
  /** Resolves when it is gone, or could not be started. */
  gone: Promise<void>;
}

/** Starts this machine's tools; tests put scripted ones in its place. */
export interface Runner {
  run(
    file: string,
    args: readonly string[],
    options?: { env?: Record<string, string | undefined>; timeoutMs?: number; cwd?: string },
  ): Promise<Ran>;
  /** Starts a program that goes on, apart from our terminal and signals, in a process group of its own. */
  start(file: string, args: readonly string[], options?: { env?: Record<string, string | undefined> }): Started;
  /** The command line of a process that runs now; null when there is none, or it cannot be told. */
  commandLine(pid: number): Promise<string | null>;
  /** Ends a process and those it started. Harmless when it is gone. */
  kill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** The path of a program, or null when it is not on the PATH. */
  find(program: string): string | null;
}

const PATIENCE_MS = 15_000;
const MOST_OUTPUT = 4 * 1024 * 1024;

/** The machine itself, seen from an environment. */
export function createRunner(environment: Record<string, string | undefined>, platform = process.platform): Runner {
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  const runner: Runner = {
    run: (file, args, { env = environment, timeoutMs = PATIENCE_MS, cwd } = {}) =>
      new Promise((resolve) => {
        execFile(
          file,
          [...args],
          {
            env,
            timeout: timeoutMs,
            killSignal: 'SIGKILL',
            maxBuffer: MOST_OUTPUT,
            windowsHide: true,
            ...(cwd !== undefined && { cwd }),
          },
          (error, stdout, stderr) => {
            const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
            resolve({ code, stdout, stderr: stderr || (error !== null && code === null ? error.message : '') });
          },
        );
      }),
    start(file, args, { env = environment } = {}) {
      const child = spawn(file, [...args], {
        env,
        stdio: 'ignore',
        detached: platform !== 'win32',
        windowsHide: false,
      });
      const gone = new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.once('error', () => resolve());
      });
      child.unref();
      return { pid: child.pid ?? null, gone };
    },
    async commandLine(pid) {
      if (platform === 'linux') {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || null;
        } catch {
          return null;
        }
      }
      const { code, stdout } =
        platform === 'win32'
          ? await runner.run('powershell.exe', [
              '-NoProfile',
              '-Command',
              `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`,
            ])
          : await runner.run('ps', ['-o', 'command=', '-p', String(pid)]);
      return code === 0 ? stdout.trim() || null : null;
    },
    kill(pid, signal) {
      if (platform === 'win32') void runner.run('taskkill.exe', ['/PID', String(pid), '/T', '/F']);
      else {
        try {
          process.kill(-pid, signal);
        } catch {
          // gone already
        }
      }
    },
    find(program) {
      for (const folder of folders) {
        for (const ending of endings) {
          const path = join(folder, program + ending);
          try {
            accessSync(path, constants.X_OK);
            return path;
          } catch {
            // not in this folder
          }
        }
      }
      return null;
    },
  };
  return runner;
}
