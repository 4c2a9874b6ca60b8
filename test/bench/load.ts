import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './place.ts';

export interface LoadResult {
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers that were not 200, and errors. */
  wrong: number;
}

/** Load by `hey`: keep-alive connections, closed loop. `proxy` null = direct. */
export async function heyLoad(options: {
  url: string;
  proxy: number | null;
  seconds: number;
  connections: number;
  newConnections?: boolean;
}): Promise<LoadResult> {
  if (!isInstalled('hey')) throw new Error('hey is not installed (apt-get install hey)');
  const text = await outputOf('hey', [
    ...(options.proxy === null ? [] : ['-x', `http://127.0.0.1:${options.proxy}`]),
    ...(options.newConnections ? ['-disable-keepalive'] : []),
    '-c',
    String(options.connections),
    '-z',
    `${options.seconds}s`,
    options.url,
  ]);
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
  const codes = [...text.matchAll(/\[(\d{3})\]\s+(\d+) responses/g)];
  const good = Number(codes.find(([, code]) => code === '200')?.[2] ?? 0);
  const errors = [...text.matchAll(/^\s+\[(\d+)\]\s+(?!\d+ responses)\S/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  return {
    requests: good,
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50Ms: number(/50% in ([\d.]+) secs/) * 1000,
    p99Ms: number(/99% in ([\d.]+) secs/) * 1000,
    wrong: codes.filter(([, code]) => code !== '200').reduce((sum, [, , count]) => sum + Number(count), 0) + errors,
  };
}

/** Runs one of ./programs with a job and gives what it printed as JSON. */
export async function runProgram<T>(name: string, job: object): Promise<T> {
  return JSON.parse(
    await outputOf(process.execPath, [
      fileURLToPath(new URL(`./programs/${name}.mjs`, import.meta.url)),
      JSON.stringify(job),
    ]),
  ) as T;
}

export async function outputOf(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(child, 'close');
  return text;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
