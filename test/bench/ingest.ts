import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArchive } from '../../electron/engine/archive/archive.ts';
import type { CallEvent } from '../../shared/events/call-event.ts';
import { createRandom, makeCall } from '../harness/store/traffic.ts';
import type { Row } from './row.ts';
import { printRows } from './row.ts';

/**
 * P7: how many calls a second the recorder takes, and what a call costs it in CPU. Facts are made
 * beforehand and given new ids, so that the figures are the recorder's own.
 */

const RATE = 20_000;

interface Pool {
  name: string;
  calls: CallEvent[][];
}

/** Calls like a company's: five vendors, ids in paths, dates and request ids in headers, a third with bodies of their own. */
function mixedPool(): Pool {
  const random = createRandom(7);
  const startedAt = Date.now() * 1000;
  return {
    name: 'mixed calls',
    calls: Array.from({ length: 6000 }, (_, index) =>
      makeCall(index, { random, startedAt, body: index % 3 === 0 ? 1400 : 0 }),
    ),
  };
}

/** The call P1 and P2 are measured with: the same small JSON answer again and again. */
function simplePool(): Pool {
  const body = Buffer.from(
    JSON.stringify({
      items: Array.from({ length: 14 }, (_, id) => ({
        id,
        name: `item ${id}`,
        price: id * 100,
        tags: ['a', 'b'],
        active: true,
        note: 'a plain line of text',
      })),
    }).slice(0, 1400),
  );
  const date = new Date().toUTCString();
  const facts: CallEvent[] = [
    {
      type: 'opened',
      call: 0,
      startedAt: Date.now() * 1000,
      kind: 'http',
      source: 'proxy',
      app: 'load',
      clientAddress: '127.0.0.1:50000',
      method: 'GET',
      scheme: 'https',
      host: 'origin.test',
      port: 8443,
      target: '/data.json',
      protocol: 'http/1.1',
      process: null,
      tags: null,
      headers:
        'Host: origin.test:8443\r\nUser-Agent: hey/0.0.1\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\nContent-Type: text/html\r\nConnection: keep-alive\r\nX-Trace: 7d1f6e0a5b4c\r\nCache-Control: no-cache\r\n',
    },
    { type: 'request-ended', call: 0, at: 20, bytes: 0, trailers: '' },
    {
      type: 'attempted',
      call: 0,
      startedAt: 30,
      reused: true,
      remoteAddress: '127.0.0.1',
      remotePort: 8443,
      protocol: 'http/1.1',
      dnsUs: null,
      connectUs: null,
      tlsUs: null,
      via: null,
      failure: null,
      tls: {
        version: 'TLSv1.3',
        cipher: 'TLS_AES_256_GCM_SHA384',
        alpn: 'http/1.1',
        serverName: 'origin.test',
        chain: ['ab'.repeat(32), 'cd'.repeat(32)],
        verdict: 'trusted',
      },
    },
    {
      type: 'answered',
      call: 0,
      at: 900,
      status: 200,
      reason: 'OK',
      protocol: 'http/1.1',
      headers: `Server: nginx/1.22.1\r\nDate: ${date}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nLast-Modified: ${date}\r\nConnection: keep-alive\r\nETag: "6560f1a2-5aa"\r\nX-Cache: HIT\r\nVary: Accept-Encoding\r\nAccept-Ranges: bytes\r\n`,
    },
    { type: 'response-data', call: 0, at: 930, data: body },
    { type: 'closed', call: 0, at: 960, failure: null, requestBytes: 0, responseBytes: body.length, trailers: '' },
  ];
  return { name: 'simple calls', calls: [facts] };
}

interface Result {
  calls: number;
  rate: number;
  recorded: number;
  shedCalls: number;
  shedBodies: number;
  highWater: number;
  mainUs: number;
  workerUs: number;
}

/** Emits `rate` calls a second (as fast as it goes when 0) for some seconds. */
async function drive(pool: Pool, rate: number, seconds: number): Promise<Result> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-ingest-'));
  try {
    const archive = await createArchive({ dataDir, log: (line) => console.error(line) });
    const warm = Math.min(4000, rate === 0 ? 4000 : rate);
    let calls = 0;
    const record = (): void => {
      const call = archive.nextCallId();
      const now = Date.now() * 1000;
      for (const fact of pool.calls[calls % pool.calls.length]!) {
        fact.call = call;
        if (fact.type === 'opened') fact.startedAt = now;
        archive.emit(fact);
      }
      calls += 1;
    };
    for (let i = 0; i < warm; i += 1) record();
    await archive.flush();
    calls = 0;
    let highWater = 0;
    const cpu = process.cpuUsage();
    const main = process.threadCpuUsage();
    const begin = performance.now();
    for (;;) {
      const elapsed = (performance.now() - begin) / 1000;
      if (elapsed >= seconds) break;
      const { queuedBytes } = archive.health();
      if (queuedBytes > highWater) highWater = queuedBytes;
      if (rate > 0) for (const due = Math.floor(elapsed * rate); calls < due;) record();
      else if (queuedBytes < 16 * 1024 * 1024) for (let i = 0; i < 200; i += 1) record();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await archive.flush();
    const took = (performance.now() - begin) / 1000;
    const all = process.cpuUsage(cpu);
    const own = process.threadCpuUsage(main);
    const { shedCalls, shedBodies, recordedCalls } = archive.health();
    await archive.stop();
    return {
      calls,
      rate: calls / took,
      recorded: recordedCalls - warm,
      shedCalls,
      shedBodies,
      highWater,
      mainUs: (own.user + own.system) / calls,
      workerUs: (all.user + all.system - own.user - own.system) / calls,
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

export async function run(): Promise<Row[]> {
  const seconds = Number(process.env['BENCH_SECONDS'] ?? 60);
  const steady = await drive(mixedPool(), RATE, seconds);
  const flatOut = await drive(mixedPool(), 0, Math.min(10, seconds));
  const simple = await drive(simplePool(), 0, Math.min(10, seconds));
  const lost = steady.calls - steady.recorded;
  return [
    {
      id: 'P7',
      what: `recorder ingest, mixed calls, ${seconds} s`,
      target: '≥ 20,000 calls/s, no loss, queue bounded',
      figure: `${Math.round(steady.rate).toLocaleString('en')} calls/s, ${lost} lost, ${steady.shedBodies} bodies shed, queue ≤ ${(steady.highWater / 1048576).toFixed(1)} MiB, CPU ${steady.mainUs.toFixed(1)} µs main + ${steady.workerUs.toFixed(1)} µs archive per call`,
      met: steady.rate >= RATE * 0.99 && lost === 0 && steady.shedBodies === 0 && steady.highWater < 64 * 1024 * 1024,
    },
    {
      id: 'P7',
      what: 'recorder ingest, mixed calls, as fast as it goes',
      target: '',
      figure: `${Math.round(flatOut.rate).toLocaleString('en')} calls/s, ${flatOut.calls - flatOut.recorded} lost`,
      met: null,
    },
    {
      id: 'P1',
      what: 'recording one simple call (1.4 kB JSON, 8 + 10 headers)',
      target: '≤ 25 µs of CPU, both threads',
      figure: `${(simple.mainUs + simple.workerUs).toFixed(1)} µs (${simple.mainUs.toFixed(1)} main + ${simple.workerUs.toFixed(1)} archive), ${Math.round(simple.rate).toLocaleString('en')} calls/s`,
      met: simple.mainUs + simple.workerUs <= 25,
    },
  ];
}

if (import.meta.main) printRows(await run());
