import type { BenchResult } from './finding.ts';
import { rounded, table } from './finding.ts';
import { heyLoad, median, runProgram } from './load.ts';
import { startNginx } from './origins.ts';
import { BENCH_DOMAIN, type Place } from './place.ts';
import { cpuMicroseconds } from './process-meter.ts';
import { PROXIES, type RunningProxy } from './proxies.ts';

/** P3: new TLS connections per second to a known host, and to hosts seen for the first time. */
export async function run(place: Place): Promise<BenchResult> {
  const origin = await startNginx(place);
  const proxies: RunningProxy[] = [];
  const missing: string[][] = [];
  for (const kind of PROXIES) {
    const why = kind.missing();
    if (why === null) proxies.push(await kind.start(place));
    else missing.push([kind.name, why, '']);
  }
  const url = `https://localhost:${origin.tls}/x.json`;
  const rates = new Map<string, { perSecond: number; cpuUs: number; wrong: number }[]>();
  for (const proxy of proxies)
    await heyLoad({ url, proxy: proxy.port, seconds: 2, connections: 32, newConnections: true });
  for (let round = 0; round < 3; round++) {
    for (const proxy of proxies) {
      const before = cpuMicroseconds(proxy.pid);
      const load = await heyLoad({ url, proxy: proxy.port, seconds: 4, connections: 32, newConnections: true });
      rates.set(proxy.name, [
        ...(rates.get(proxy.name) ?? []),
        {
          perSecond: load.requests / 4,
          cpuUs: (cpuMicroseconds(proxy.pid) - before) / load.requests,
          wrong: load.wrong,
        },
      ]);
    }
  }
  const of = (name: string, field: 'perSecond' | 'cpuUs' | 'wrong') =>
    median((rates.get(name) ?? []).map((rate) => rate[field]));
  const ours = proxies[0];
  const firstSeen: { perSecond: number; cpuUs: number; failed: number }[] = [];
  if (ours) {
    for (let round = 0; round < 4; round++) {
      const before = cpuMicroseconds(ours.pid);
      const { seconds, failed } = await runProgram<{ seconds: number; failed: number }>('first-seen-hosts', {
        proxy: ours.port,
        port: origin.tls,
        from: round * 2000,
        count: 2000,
        at: 32,
        domain: BENCH_DOMAIN,
        get: false,
      });
      // The first round warms up.
      if (round > 0)
        firstSeen.push({
          perSecond: (2000 - failed) / seconds,
          cpuUs: (cpuMicroseconds(ours.pid) - before) / 2000,
          failed,
        });
    }
  }
  const known = of(ours?.name ?? '', 'perSecond');
  const fresh = median(firstSeen.map(({ perSecond }) => perSecond));
  for (const proxy of proxies) await proxy.stop();
  return {
    findings: [
      {
        id: 'P3',
        what: 'new intercepted TLS connections per second, leaf cached',
        target: '≥ 1,500',
        measured: rounded(known),
        met: known >= 1500,
      },
      {
        id: 'P3',
        what: 'first-seen hosts per second, leaf minted',
        target: '≥ 500',
        measured: rounded(fresh),
        met: fresh >= 500,
      },
    ],
    details: [
      "One request per connection: CONNECT, a full handshake with the client, GET, end. `hey -disable-keepalive`, 32 at once; load, proxy and origin share the machine, so the rate is also the load generator's.",
      table(
        ['proxy', 'connections/s', 'CPU µs each'],
        [...proxies.map(({ name }) => [name, rounded(of(name, 'perSecond')), rounded(of(name, 'cpuUs'))]), ...missing],
      ),
      `First-seen hosts: a Node client shakes hands with 2,000 new names, 32 at once (its own share of the CPU is larger than ours): ${rounded(fresh)}/s, ${rounded(median(firstSeen.map(({ cpuUs }) => cpuUs)))} µs of our CPU each, ${firstSeen.reduce((sum, { failed }) => sum + failed, 0)} failed.`,
    ].join('\n\n'),
  };
}
