import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BenchResult } from './finding.ts';
import { rounded } from './finding.ts';
import { heyLoad, median, outputOf } from './load.ts';
import { startNginx } from './origins.ts';
import { BENCH_DOMAIN, type Place } from './place.ts';
import { cpuMicroseconds, residentBytes } from './process-meter.ts';
import { quietEnvironment, sallyport, serveArguments, waitForReady } from './proxies.ts';

const IDLE_SECONDS = 20;

/** P14: an idle engine. P15: from its start to the first call through it. */
export async function run(place: Place): Promise<BenchResult> {
  const origin = await startNginx(place);
  const idle = await sallyport.start(place, 'idle');
  await pause(5000);
  const before = cpuMicroseconds(idle.pid);
  await pause(IDLE_SECONDS * 1000);
  const share = ((cpuMicroseconds(idle.pid) - before) / (IDLE_SECONDS * 1_000_000)) * 100;
  const resident = residentBytes(idle.pid) / 2 ** 20;
  await heyLoad({ url: `https://localhost:${origin.tls}/x.json`, proxy: idle.port, seconds: 5, connections: 32 });
  await pause(10_000);
  const after = residentBytes(idle.pid) / 2 ** 20;
  await idle.stop();

  const times: Record<'https' | 'http', number[]> = { https: [], http: [] };
  const readyTimes: number[] = [];
  const room = place.room('start');
  const data = join(room, 'data');
  for (let round = 0; round < 6; round++) {
    for (const scheme of ['https', 'http'] as const) {
      const ready = join(mkdtempSync(join(room, 'ready-')), 'ready.json');
      const started = performance.now();
      const child = place.start(process.execPath, serveArguments(place, data, ready), { env: quietEnvironment() });
      const { proxy } = await waitForReady(ready, child);
      const readyAt = performance.now() - started;
      const port = scheme === 'https' ? origin.tls : origin.plain;
      const code = await outputOf('curl', [
        '-s',
        '-k',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '-x',
        proxy,
        `${scheme}://h.${BENCH_DOMAIN}:${port}/x.json`,
      ]);
      if (code !== '200') throw new Error(`the first call was answered with ${code}`);
      // The first round creates the folder and warms the disk.
      if (round > 0) {
        times[scheme].push(performance.now() - started);
        readyTimes.push(readyAt);
      }
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
  }
  rmSync(room, { recursive: true, force: true });
  const first = median(times.https) / 1000;
  return {
    findings: [
      {
        id: 'P14',
        what: 'idle engine: resident memory',
        target: '≤ 120 MiB',
        measured: `${rounded(resident)} MiB`,
        met: resident <= 120,
      },
      {
        id: 'P14',
        what: 'idle engine: CPU',
        target: '≤ 0.5 % of a core',
        measured: `${rounded(share, 2)} %`,
        met: share <= 0.5,
      },
      {
        id: 'P15',
        what: 'start to first proxied call (HTTPS, built, warm disk)',
        target: '≤ 1.0 s',
        measured: `${rounded(first, 2)} s`,
        met: first <= 1,
      },
    ],
    details: `Idle: 5 s after the start, over ${IDLE_SECONDS} s. Ten seconds after a load of 5 s it holds ${rounded(after)} MiB. Start: five rounds with an existing data folder, curl's own start included; ready after ${rounded(median(readyTimes))} ms, first plain call after ${rounded(median(times.http))} ms, first intercepted call after ${rounded(first * 1000)} ms (medians).`,
  };
}
