import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareLinkPlace } from '../../electron/engine/capture/ingest/link-place.ts';
import { LINK_ENV } from '../../shared/agent/link.ts';
import type { BenchResult } from './finding.ts';
import { rounded, table } from './finding.ts';
import { median } from './load.ts';
import type { Place } from './place.ts';
import { sallyport } from './proxies.ts';

interface Told {
  fetch: { p50: number; cpu: number };
  get: { p50: number; cpu: number };
  rate: number;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const WAYS = ['bare', 'observed', 'governed'] as const;
const ROUNDS = 3;

/** What govern mode costs a program: a question to the engine and the way through its proxy, for every call. */
export async function run(place: Place): Promise<BenchResult> {
  const engine = await sallyport.start(place, 'govern');
  const link = prepareLinkPlace(join(place.room('govern'), 'data'));
  const answer: http.RequestListener = (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true}');
  };
  const servers = [http.createServer(answer), https.createServer(place.ca.server('localhost'), answer)];
  const rows: string[][] = [];
  const figures = new Map<string, Told>();
  for (const [i, server] of servers.entries()) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const scheme = i === 0 ? 'http' : 'https';
    const url = `${scheme}://localhost:${(server.address() as AddressInfo).port}/`;
    const seen = new Map<string, Told[]>();
    for (let round = 0; round < ROUNDS; round++)
      for (const way of WAYS) seen.set(way, [...(seen.get(way) ?? []), await measure(url, way)]);
    for (const [way, told] of seen) {
      const middle = (pick: (one: Told) => number): number => median(told.map(pick));
      const figure = {
        fetch: { p50: middle((one) => one.fetch.p50), cpu: middle((one) => one.fetch.cpu) },
        get: { p50: middle((one) => one.get.p50), cpu: middle((one) => one.get.cpu) },
        rate: middle((one) => one.rate),
      };
      figures.set(`${scheme} ${way}`, figure);
      const { fetch, get, rate } = figure;
      rows.push([
        `${scheme}, ${way}`,
        ...[fetch.p50, fetch.cpu, get.p50, get.cpu, rate].map((value) => rounded(value)),
      ]);
    }
    server.closeAllConnections();
    server.close();
  }
  await engine.stop();
  return {
    findings: ['http', 'https'].map((scheme) => {
      const bare = figures.get(`${scheme} bare`)!;
      const governed = figures.get(`${scheme} governed`)!;
      return {
        id: 'P11',
        what: `governing: added to a fetch over ${scheme}, through the proxy`,
        target: '',
        measured: `${rounded(governed.fetch.p50 - bare.fetch.p50)} µs (CPU of the program ${rounded(governed.fetch.cpu - bare.fetch.cpu)} µs); 32 at a time ${rounded(governed.rate / bare.rate, 2)}× bare`,
        met: null,
      };
    }),
    details: [
      'One program, one kept connection to an origin on this machine, calls one after another; then `http.get` 32 at a time. The engine records everything meanwhile; governed calls are asked about and go through its proxy.',
      table(
        ['way', 'fetch p50 µs', 'fetch CPU µs', 'http.get p50 µs', 'http.get CPU µs', '32 at a time, calls/s'],
        rows,
      ),
    ].join('\n\n'),
  };

  async function measure(url: string, way: (typeof WAYS)[number]): Promise<Told> {
    const load = way === 'bare' ? [] : ['--require', join(root, 'dist', 'agent', 'agent.cjs')];
    const child = spawn(
      process.execPath,
      [...load, join(root, 'test/bench/programs/governed-calls.mjs'), url, '1500'],
      {
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          NODE_EXTRA_CA_CERTS: place.caFile,
          ...(way !== 'bare' && { [LINK_ENV.socket]: link.socket, [LINK_ENV.secretFile]: link.secretFile }),
          ...(way === 'governed' && { [LINK_ENV.mode]: 'govern' }),
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    await once(child, 'close');
    return JSON.parse(out) as Told;
  }
}
