import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchResult, Finding } from './finding.ts';
import { rounded, table } from './finding.ts';
import { median, outputOf } from './load.ts';
import { startNodeOrigin } from './origins.ts';
import { BENCH_DOMAIN, type Place } from './place.ts';
import { peakResidentBytes, resetPeak, residentBytes } from './process-meter.ts';
import { sallyport } from './proxies.ts';

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** P5: one gigabyte each way, how fast against direct and how much memory it takes. */
export async function run(place: Place): Promise<BenchResult> {
  const origin = await startNodeOrigin(place);
  const proxy = await sallyport.start(place, 'big-bodies');
  const file = join(place.room('big'), 'gigabyte');
  const descriptor = openSync(file, 'w');
  ftruncateSync(descriptor, GIB);
  closeSync(descriptor);
  const findings: Finding[] = [];
  const rows: string[][] = [];
  for (const scheme of ['https', 'http'] as const) {
    for (const way of ['down', 'up'] as const) {
      const port = scheme === 'https' ? origin.tls : origin.plain;
      const transfer = async (through: boolean) => {
        const text = await outputOf(
          'curl',
          [
            '-s',
            '-o',
            '/dev/null',
            '-k',
            '--http1.1',
            '--noproxy',
            through ? '' : '*',
            ...(through ? ['-x', `http://127.0.0.1:${proxy.port}`] : []),
            '-w',
            '%{http_code} %{time_total}',
            '--connect-to',
            `::127.0.0.1:${port}`,
            ...(way === 'up' ? ['-H', 'Expect:', '-T', file] : []),
            `${scheme}://h.${BENCH_DOMAIN}:${port}/${way}${way === 'down' ? `?bytes=${GIB}` : ''}`,
          ].filter((argument, i, all) => !(through && (argument === '--connect-to' || all[i - 1] === '--connect-to'))),
        );
        const [code, seconds] = text.split(' ');
        if (code !== '200') throw new Error(`curl ${scheme} ${way} ${through ? 'through us' : 'direct'}: ${text}`);
        return GIB / MIB / Number(seconds);
      };
      await transfer(true);
      const rates = { direct: [] as number[], through: [] as number[] };
      const before = residentBytes(proxy.pid);
      resetPeak(proxy.pid);
      for (let round = 0; round < 3; round++) {
        rates.direct.push(await transfer(false));
        rates.through.push(await transfer(true));
      }
      const growth = (peakResidentBytes(proxy.pid) - before) / MIB;
      const ratio = median(rates.through.map((rate, i) => rate / (rates.direct[i] ?? Number.NaN)));
      rows.push([
        `${scheme}, ${way}`,
        `${rounded(median(rates.direct))} MiB/s`,
        `${rounded(median(rates.through))} MiB/s`,
        `${rounded(ratio, 2)}×`,
        `${rounded(growth)} MiB`,
      ]);
      findings.push(
        {
          id: 'P5',
          what: `1 GiB ${way} by ${scheme}: throughput against direct`,
          target: '≥ 0.5×',
          measured: `${rounded(ratio, 2)}×`,
          met: ratio >= 0.5,
        },
        {
          id: 'P5',
          what: `1 GiB ${way} by ${scheme}: growth of resident memory`,
          target: '≤ 64 MiB',
          measured: `${rounded(growth)} MiB`,
          met: growth <= 64,
        },
      );
    }
  }
  await proxy.stop();
  return {
    findings,
    details: [
      'curl and a Node origin on the same machine, three rounds each way in turn; memory is the highest of the whole process above where it stood.',
      table(['body', 'direct', 'through us', 'ratio', 'memory'], rows),
    ].join('\n\n'),
  };
}
