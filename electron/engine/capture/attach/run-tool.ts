import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How a tool of this machine ended. `code` null: it could not be started, or did not end in time. */
export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts this machine's tools; tests put scripted ones in its place. */
export interface Runner {
  run(
    file: string,
    args: readonly string[],
    options?: { env?: Record<string, string | undefined>; timeoutMs?: number; cwd?: string },
  ): Promise<Ran>;
  /** The path of a program, or null when it is not on the PATH. */
  find(program: string): string | null;
}

const PATIENCE_MS = 15_000;
const MOST_OUTPUT = 4 * 1024 * 1024;

/** The machine itself, seen from an environment. */
export function createRunner(environment: Record<string, string | undefined>, platform = process.platform): Runner {
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  return {
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
}
