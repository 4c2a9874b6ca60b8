import { spawnSync } from 'node:child_process';
import type { Tools } from '../tool-system.ts';
import { readFolder, readLsof, readPs } from './lsof.ts';

const TIMEOUT_MS = 5000;

/** macOS by its own commands; they take tens of milliseconds, so connections are not sampled by them. */
export function macosTools(): Tools {
  const run = (command: string, args: readonly string[]): string =>
    spawnSync(command, args, {
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/bin' },
      maxBuffer: 1 << 26,
    }).stdout ?? '';
  return {
    connections: (port) =>
      readLsof(run('lsof', ['-nP', `-iTCP${port === null ? '' : `:${port}`}`, '-sTCP:ESTABLISHED', '-Fpn'])),
    processes() {
      const columns = 'pid=,ppid=,lstart=,user=';
      return readPs(run('ps', ['-axww', '-o', `${columns},args=`]), run('ps', ['-axww', '-o', `${columns},comm=`]));
    },
    folderOf: (pid) => readFolder(run('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'])),
    samples: false,
  };
}
