import type { BenchResult } from './finding.ts';
import { rounded, table } from './finding.ts';
import { median, percentile, runProgram } from './load.ts';
import { startNodeOrigin } from './origins.ts';
import { BENCH_DOMAIN, type Place } from './place.ts';
import { sallyport } from './proxies.ts';

interface Seen {
  first: number;
  lags: number[];
}

/** P6: what we add to the first byte of an event stream and to the gap between its frames. */
export async function run(place: Place): Promise<BenchResult> {
  const origin = await startNodeOrigin(place);
  const proxy = await sallyport.start(place, 'events');
  const job = { host: `h.${BENCH_DOMAIN}`, port: origin.tls, tls: true };
  const seen: Record<'direct' | 'through', Seen[]> = { direct: [], through: [] };
  for (let round = 0; round < 5; round++) {
    for (const way of ['direct', 'through'] as const) {
      const got = await runProgram<Seen>('event-client', {
        ...job,
        proxy: way === 'direct' ? null : proxy.port,
        path: '/events?n=400&every=5',
      });
      if (round > 0) seen[way].push(got);
    }
  }
  const firsts: Record<'direct' | 'through', number[]> = { direct: [], through: [] };
  for (let i = 0; i < 60; i++) {
    for (const way of ['direct', 'through'] as const)
      firsts[way].push(
        (
          await runProgram<Seen>('event-client', {
            ...job,
            proxy: way === 'direct' ? null : proxy.port,
            path: '/events?n=1&every=5',
          })
        ).first,
      );
  }
  await proxy.stop();
  const lag = (way: 'direct' | 'through', percent: number) =>
    median(seen[way].map(({ lags }) => percentile(lags, percent)));
  const gap = (lag('through', 99) - lag('direct', 99)) / 1000;
  const first = (percentile(firsts.through, 99) - percentile(firsts.direct, 99)) / 1000;
  const firstMedian = (median(firsts.through) - median(firsts.direct)) / 1000;
  return {
    findings: [
      {
        id: 'P6',
        what: 'event stream: added to the first byte, p99',
        target: '≤ 1 ms',
        measured: `${rounded(first, 2)} ms (median ${rounded(firstMedian, 2)} ms)`,
        met: first <= 1,
      },
      {
        id: 'P6',
        what: 'event stream: added to a frame, p99',
        target: '≤ 1 ms',
        measured: `${rounded(gap, 2)} ms`,
        met: gap <= 1,
      },
    ],
    details: [
      'HTTPS intercepted; an event each 5 ms that carries the time it was sent; four rounds of 400 events, and 60 streams for the first byte, each way in turn.',
      table(
        ['way', 'first byte p50', 'p99', 'lag of a frame p50', 'p99'],
        (['direct', 'through'] as const).map((way) => [
          way,
          ...[50, 99].map((percent) => `${rounded(percentile(firsts[way], percent) / 1000, 2)} ms`),
          ...[50, 99].map((percent) => `${rounded(lag(way, percent) / 1000, 2)} ms`),
        ]),
      ),
    ].join('\n\n'),
  };
}
