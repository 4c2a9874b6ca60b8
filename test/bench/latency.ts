import type { BenchResult } from './finding.ts';
import { rounded, table } from './finding.ts';
import { median, percentile, runProgram } from './load.ts';
import { startNginx } from './origins.ts';
import { BENCH_DOMAIN, type Place } from './place.ts';
import { sallyport } from './proxies.ts';

/** P4: what we add to a request at 1,000 requests a second, direct and through us in turn. */
export async function run(place: Place): Promise<BenchResult> {
  const origin = await startNginx(place);
  const proxy = await sallyport.start(place, 'latency');
  const rows: string[][] = [];
  const added: Record<string, { p50: number; p99: number }> = {};
  for (const tls of [true, false]) {
    const job = {
      host: `h.${BENCH_DOMAIN}`,
      port: tls ? origin.tls : origin.plain,
      tls,
      rate: 1000,
      seconds: 5,
      sockets: 16,
      path: '/x.json',
    };
    const seen = { direct: [] as number[][], through: [] as number[][] };
    await runProgram('paced-client', { ...job, proxy: proxy.port });
    for (let round = 0; round < 4; round++) {
      seen.direct.push(await runProgram<number[]>('paced-client', { ...job, proxy: null }));
      seen.through.push(await runProgram<number[]>('paced-client', { ...job, proxy: proxy.port }));
    }
    // Paired by round, then the median of the rounds: what else the machine does hits both of a pair alike.
    const difference = (percent: number) =>
      median(seen.through.map((list, i) => percentile(list, percent) - percentile(seen.direct[i] ?? [], percent)));
    const name = tls ? 'HTTPS intercepted' : 'plain HTTP';
    added[name] = { p50: difference(50) / 1000, p99: difference(99) / 1000 };
    for (const [way, lists] of Object.entries(seen))
      rows.push([
        `${name}, ${way}`,
        ...[50, 90, 99].map(
          (percent) => `${rounded(median(lists.map((list) => percentile(list, percent))) / 1000, 2)} ms`,
        ),
      ]);
  }
  await proxy.stop();
  const https = added['HTTPS intercepted'] ?? { p50: Number.NaN, p99: Number.NaN };
  return {
    findings: [
      {
        id: 'P4',
        what: 'added latency at 1,000 req/s, HTTPS, p50',
        target: '≤ 0.3 ms',
        measured: `${rounded(https.p50, 2)} ms`,
        met: https.p50 <= 0.3,
      },
      {
        id: 'P4',
        what: 'added latency at 1,000 req/s, HTTPS, p99',
        target: '≤ 2 ms',
        measured: `${rounded(https.p99, 2)} ms`,
        met: https.p99 <= 2,
      },
    ],
    details: [
      'A paced client (16 connections, counted from when each request was due), four rounds of 5 s each way in turn.',
      table(['way', 'p50', 'p90', 'p99'], rows),
    ].join('\n\n'),
  };
}
