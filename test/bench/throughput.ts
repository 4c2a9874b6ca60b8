import { setTimeout as pause } from 'node:timers/promises';
import type { BenchResult, Finding } from './finding.ts';
import { rounded, table } from './finding.ts';
import { heyLoad, median } from './load.ts';
import { startNginx } from './origins.ts';
import type { Place } from './place.ts';
import { cpuMicroseconds, openDescriptors, residentBytes } from './process-meter.ts';
import { PROXIES, type RunningProxy } from './proxies.ts';

const ROUNDS = 3;
const SECONDS = 4;
const CONNECTIONS = 32;

interface Sample {
  perSecond: number;
  p99Ms: number;
  cpuUs: number;
  wrong: number;
}

/** P1 and P2: keep-alive requests by HTTPS intercepted and by plain HTTP, us and the peers in turn, several rounds. */
export async function run(place: Place): Promise<BenchResult> {
  const origin = await startNginx(place);
  const urls = {
    https: `https://localhost:${origin.tls}/x.json`,
    http: `http://localhost:${origin.plain}/x.json`,
  } as const;
  const missing: string[][] = [];
  const proxies: RunningProxy[] = [];
  for (const kind of PROXIES) {
    const why = kind.missing();
    if (why === null) proxies.push(await kind.start(place));
    else missing.push([kind.name, why]);
  }
  const samples = new Map<string, Sample[]>();
  const note = (name: string, sample: Sample) => samples.set(name, [...(samples.get(name) ?? []), sample]);

  for (const scheme of ['https', 'http'] as const) {
    for (const proxy of proxies)
      await heyLoad({ url: urls[scheme], proxy: proxy.port, seconds: 2, connections: CONNECTIONS });
    for (let round = 0; round < ROUNDS; round++) {
      const direct = await heyLoad({ url: urls[scheme], proxy: null, seconds: 2, connections: CONNECTIONS });
      note(`${scheme} direct`, { ...direct, cpuUs: Number.NaN });
      for (const proxy of proxies) {
        const before = cpuMicroseconds(proxy.pid);
        const load = await heyLoad({
          url: urls[scheme],
          proxy: proxy.port,
          seconds: SECONDS,
          connections: CONNECTIONS,
        });
        // What is still to be written belongs to these requests.
        await pause(1000);
        note(`${scheme} ${proxy.name}`, { ...load, cpuUs: (cpuMicroseconds(proxy.pid) - before) / load.requests });
      }
    }
  }

  const of = (scheme: string, name: string, field: keyof Sample) =>
    median((samples.get(`${scheme} ${name}`) ?? []).map((sample) => sample[field]));
  const ours = proxies[0]?.name ?? '';
  const ratio = (scheme: string, peer: string) => of(scheme, ours, 'cpuUs') / of(scheme, peer, 'cpuUs');
  const against = (id: string, scheme: string, start: string, limit: number): Finding => {
    const peer = proxies.find(({ name }) => name.startsWith(start));
    const what = `${scheme === 'https' ? 'HTTPS intercepted' : 'plain HTTP'}: CPU per request against ${start}`;
    if (!peer) return { id, what, target: `≤ ${limit}×`, measured: 'peer not installed', met: null };
    const value = ratio(scheme, peer.name);
    return {
      id,
      what,
      target: `≤ ${limit}×`,
      measured: `${rounded(value, 2)}× (${rounded(of(scheme, ours, 'cpuUs'))} against ${rounded(of(scheme, peer.name, 'cpuUs'))} µs)`,
      met: value <= limit,
    };
  };
  const perSecond = of('https', ours, 'perSecond');
  const findings: Finding[] = [
    against('P1', 'https', 'squid', 0.8),
    against('P1', 'https', 'mockttp', 0.35),
    against('P1', 'https', 'mitmdump', 0.1),
    {
      id: 'P1',
      what: 'HTTPS intercepted: requests per second',
      target: '≥ 10,000',
      measured: rounded(perSecond),
      met: perSecond >= 10_000,
    },
    against('P2', 'http', 'squid', 1),
  ];
  const row = (name: string, records: string) => [
    name,
    `${rounded(of('https', name, 'perSecond'))} · ${rounded(of('https', name, 'p99Ms'), 1)} ms`,
    rounded(of('https', name, 'cpuUs')),
    `${rounded(of('http', name, 'perSecond'))} · ${rounded(of('http', name, 'p99Ms'), 1)} ms`,
    rounded(of('http', name, 'cpuUs')),
    records,
  ];
  const engine = proxies[0];
  const details = [
    `Origin nginx, 1.45 kB of JSON, ${CONNECTIONS} keep-alive connections, \`hey -x\`, ${ROUNDS} rounds of ${SECONDS} s in turn after a warm-up, medians. CPU is user and system time of the proxy's process with all its threads and children, including what is written after the load has ended.`,
    table(
      ['proxy', 'HTTPS: req/s · p99', 'CPU µs/req', 'HTTP: req/s · p99', 'CPU µs/req', 'records'],
      [
        row('direct', '–'),
        ...proxies.map((proxy) => row(proxy.name, PROXIES.find(({ name }) => name === proxy.name)?.records ?? '')),
        ...missing.map(([name = '', why = '']) => [name, why, '', '', '', '']),
      ],
    ),
    engine
      ? `After the load Sallyport held ${openDescriptors(engine.pid)} descriptors and ${rounded(residentBytes(engine.pid) / 2 ** 20)} MiB. Requests that failed: ${
          [...samples]
            .map(([name, list]) => [name, list.reduce((sum, { wrong }) => sum + wrong, 0)] as const)
            .filter(([, wrong]) => wrong > 0)
            .map(([name, wrong]) => `${name} ${wrong}`)
            .join(', ') || 'none'
        }.`
      : '',
  ].join('\n\n');
  for (const proxy of proxies) await proxy.stop();
  return { findings, details };
}
