import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareLinkPlace } from '../../electron/engine/capture/ingest/link-place.ts';
import { LINK_ENV } from '../../shared/agent/link.ts';
import type { BenchResult } from './finding.ts';
import { rounded, table } from './finding.ts';
import { median } from './load.ts';
import { startNginx } from './origins.ts';
import type { Place } from './place.ts';
import { sallyport } from './proxies.ts';

const AGENT = fileURLToPath(new URL('../../dist/agent/agent.cjs', import.meta.url));
const FETCHES = fileURLToPath(new URL('./programs/fetches.mjs', import.meta.url));
const ROUNDS = 9;

/** P11: what the agent costs a program, observing, with a real engine that takes all it is told. */
export async function run(place: Place): Promise<BenchResult> {
  if (!existsSync(AGENT)) throw new Error('dist/agent is not built (npm run build)');
  const origin = await startNginx(place);
  const engine = await sallyport.start(place, 'agent');
  const link = prepareLinkPlace(join(place.folder, 'agent', 'data'));
  const env = { [LINK_ENV.socket]: link.socket, [LINK_ENV.secretFile]: link.secretFile };
  const job = JSON.stringify({ url: `http://127.0.0.1:${origin.plain}/x.json`, warm: 3000, count: 6000 });
  const cpu = { bare: [] as number[], observed: [] as number[] };
  const start = { bare: [] as number[], observed: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of ['bare', 'observed'] as const) {
      const args = way === 'bare' ? [] : ['--require', AGENT];
      cpu[way].push(Number(await output([...args, FETCHES, job], env)));
      const began = performance.now();
      await output([...args, '--eval', '0'], env);
      start[way].push(performance.now() - began);
    }
  }
  await engine.stop();
  // Whatever else the machine does only adds, so the least of each is nearest to what the work itself takes.
  const least = (list: readonly number[]): number => Math.min(...list);
  const added = least(cpu.observed) - least(cpu.bare);
  const addedToStart = median(start.observed) - median(start.bare);
  return {
    findings: [
      {
        id: 'P11',
        what: 'agent overhead per fetch, observing: CPU, all threads of the program',
        target: '≤ 60 µs',
        measured: `${rounded(added, 1)} µs (${rounded(least(cpu.observed))} against ${rounded(least(cpu.bare))})`,
        met: added <= 60,
      },
      {
        id: 'P11',
        what: 'agent: added to the start of a program that does nothing',
        target: '',
        measured: `${rounded(addedToStart, 1)} ms (${rounded(median(start.observed), 1)} against ${rounded(median(start.bare), 1)})`,
        met: null,
      },
    ],
    details: [
      `Node's fetch of 1.45 kB of JSON over kept connections, one after the other, told whole to a real engine (bodies too); ${ROUNDS} rounds of 6,000 each way in turn, the least of each.`,
      table(
        ['way', 'least', 'median'],
        Object.entries(cpu).map(([way, list]) => [way, `${rounded(least(list))} µs`, `${rounded(median(list))} µs`]),
      ),
    ].join('\n\n'),
  };
}

async function output(args: readonly string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the measured program ended with ${code}`);
  return text;
}
