import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReader } from '../../electron/engine/analytics/reader.ts';
import type { Reader } from '../../electron/engine/analytics/reader.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { fillStore } from './filled-store.ts';
import type { Row } from './row.ts';
import { printRows } from './row.ts';

/** P9 and P10: how long screens wait with a million (and, with `--ten-million`, ten million) calls stored. */

const FILTERS = [
  'status:500',
  'status:5xx',
  'status:>=400',
  'status:418',
  'not status:200',
  'method:POST',
  'host:api.stripe.com',
  'host:*.github.com',
  'host:nowhere.example',
  'app:billing',
  'source:agent',
  'failure:*',
  'failure:timeout*',
  'duration:>3s',
  'duration:>10m',
  'ttfb:<4ms',
  'size:>1MB',
  'size:>3kB',
  'tls:<1.3',
  'protocol:h2',
  'type:text/plain',
  'remote:104.18.*',
  'port:8443',
  'state:open',
  'kind:websocket',
  'stripe',
  'completions',
  '/v1/charges',
  'nothinglikethis',
  'path:/v1/customers/*',
  'path:*/confirm',
  'path:/nowhere/*',
  'query:limit=100',
  'url:https://api.openai.com/v1/emb',
  'url:nowhere',
  'since:-1h',
  'until:-9d',
  'since:-5d until:-5d',
  'host:api.stripe.com status:503',
  'host:hooks.acme.example app:billing method:POST status:5xx',
  'app:reports and (status:429 or duration:>2s)',
  'not (host:*.stripe.com or host:*.openai.com)',
  'pid:1003',
  'pid:>20990',
  'process:curl',
  'process:app-7/server',
  'user:kim',
  'package:stripe',
  'package:@aws-sdk/*',
  'package:nowhere',
  'callsite:/srv/app-7/',
  'trace:{trace}',
  'trace:00f0*',
  'tag:run=run-3',
  'tag:feature=pay status:5xx',
  'tag:nowhere',
  'vendor:stripe',
  'vendor:nobody',
  'service:api status:5xx',
  'not vendor:*',
  'endpoint:/v1/charges',
  'endpoint:"*POST /v1/charges"',
  'endpoint:nowhere',
  'model:gpt-5*',
  'model:nothing',
  'cost:>0.01',
  'cost:>1',
  'cost:<0.0001',
  'tokens:>10000',
  'credential:a1b2',
  'throttle:*',
  'throttle:vendor-quota',
  'header.x-bench-id:b1',
  'header.x-request-id',
  'header.x-bench-id:{unique}',
  'header.x-nothing',
  'body:"obj_"',
  'body:{body}',
  'body:"nothing like this at all"',
];

/** Filters that people put on and leave on while they look at the strip above the list. */
const COUNTED = [
  '',
  'status:5xx',
  'status:404',
  'host:api.stripe.com',
  'app:billing status:>=400',
  'method:POST',
  'failure:*',
  'duration:>3s',
];
const SORTED = ['duration', 'ttfb', 'size', 'status', 'host', 'path', 'method', 'app', 'cost'] as const;
const FIELDS = [
  'vendor',
  'endpoint',
  'model',
  'host',
  'app',
  'status',
  'method',
  'source',
  'type',
  'failure',
  'protocol',
] as const;

interface Times {
  p50: number;
  p95: number;
  worst: number;
}

function timesOf(samples: readonly number[]): Times {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    p50: sorted[Math.floor(sorted.length * 0.5)]!,
    p95: sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))]!,
    worst: sorted.at(-1)!,
  };
}

async function time(work: () => Promise<unknown>, rounds: number): Promise<number[]> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    await work();
    samples.push(performance.now() - begin);
  }
  return samples;
}

/** Fills a store and asks what screens ask; `scale` is how much more time is allowed. */
async function measure(id: string, count: number, scale: number): Promise<Row[]> {
  const kept = process.env['BENCH_STORE'];
  const dataDir = kept ?? mkdtempSync(join(tmpdir(), 'sallyport-queries-'));
  const now = Date.now() * 1000;
  const today = new Date(now / 1000).toISOString().slice(0, 10);
  let reader: Reader | null = null;
  try {
    if (kept === undefined || process.env['BENCH_FILL'])
      fillStore(dataDir, count, now, (done) => process.stderr.write(`\r${done.toLocaleString('en')} calls stored `));
    reader = createReader({ dataDir });
    const asking = reader;
    const treeOf = (text: string) => {
      const parsed = parseQuery(text, { now });
      if (!parsed.ok) throw new Error(text);
      return parsed.tree;
    };
    const newest = (await asking.listCalls({ tree: null, limit: 1 })).calls[0]!;
    const about = Math.floor(newest.id * 0.31);
    const unique = (await asking.getCall(about - (about % 20)))!;
    const header = unique.responseHeaders.find(([name]) => name === 'X-Bench-Id')?.[1] ?? 'none';
    const body = Buffer.from((await asking.getBody(unique.id, 'response'))?.bytes ?? [])
      .toString()
      .slice(7, 16);
    const traced =
      (await asking.listCalls({ tree: treeOf('source:agent'), limit: 1, before: about })).calls[0]?.traceId ?? '';
    const slow: { filter: string; times: Times }[] = [];
    const all: number[] = [];
    for (const text of FILTERS) {
      const filter = text.replace('{unique}', header).replace('{body}', body).replace('{trace}', traced);
      const parsed = parseQuery(filter, { now });
      if (!parsed.ok) throw new Error(`${filter}: ${JSON.stringify(parsed.error)}`);
      const { tree } = parsed;
      const samples = await time(() => asking.listCalls({ tree, limit: 100 }), 5);
      all.push(...samples);
      slow.push({ filter, times: timesOf(samples) });
    }
    const first = await time(() => asking.listCalls({ tree: null, limit: 100 }), 40);
    const deep = await time(() => asking.listCalls({ tree: null, limit: 100, before: Math.floor(newest.id / 3) }), 20);
    const dashboards: number[] = [];
    const endpoints: number[] = [];
    const apps: number[] = [];
    const callers: number[] = [];
    const edges: number[] = [];
    const spent: number[] = [];
    const others: number[] = [];
    const pages: number[] = [];
    for (const hours of [1, 24, 240]) {
      const span = { since: now - hours * 3_600_000_000, until: now };
      dashboards.push(...(await time(() => asking.overview(span), 15)));
      endpoints.push(...(await time(() => asking.endpoints(span), 15)));
      apps.push(...(await time(() => asking.listApps(span), 10)));
      // Into an hour at both ends, as any real span.
      const odd = { since: span.since + 1_234_567_000, until: span.until };
      edges.push(...(await time(() => asking.edges(odd), 15)));
      spent.push(...(await time(() => asking.spending({ ...odd, by: hours > 48 ? 'day' : 'hour' }), 15)));
      for (const ask of [
        () => asking.costTable({ ...odd, by: ['vendor', 'model'], limit: 1000, teams: {} }),
        () => asking.costSeries({ ...odd, by: 'vendor', steps: 60, values: 8, teams: {} }),
        () => asking.costSummary({ ...odd, now, teams: {} }),
        () => asking.vendors({ ...odd, now, today }),
        () => asking.map({ ...odd, endpoints: 12, apps: {}, now, today }),
      ])
        pages.push(...(await time(ask, 5)));
      for (const ask of [
        () => asking.sightings({}),
        () => asking.versions(),
        () => asking.limits(odd),
        () => asking.throttles(odd),
        () => asking.metered({ ...odd, limit: 500 }),
      ])
        others.push(...(await time(ask, 5)));
      callers.push(
        ...(await time(
          () => asking.facets({ tree: null, ...span, fields: ['package', 'callsite', 'process', 'user'], limit: 10 }),
          3,
        )),
      );
    }
    const strips: { filtered: number[]; plain: number[] } = { filtered: [], plain: [] };
    const panels: { filtered: number[]; plain: number[] } = { filtered: [], plain: [] };
    for (const text of COUNTED) {
      const tree = treeOf(text);
      const kind = text === '' ? 'plain' : 'filtered';
      for (const hours of [24, 240]) {
        const span = { tree, since: now - hours * 3_600_000_000, until: now };
        strips[kind].push(...(await time(() => asking.histogram({ ...span, steps: 120 }), 5)));
        panels[kind].push(...(await time(() => asking.facets({ ...span, fields: FIELDS, limit: 10 }), 3)));
      }
    }
    const sorted: number[] = [];
    for (const sort of SORTED) {
      for (const descending of [true, false]) {
        for (const text of ['', 'status:5xx']) {
          const tree = treeOf(text);
          sorted.push(...(await time(() => asking.listCalls({ tree, limit: 100, sort, descending }), 3)));
        }
      }
    }
    const withHeaders = await time(
      () => asking.listCalls({ tree: null, limit: 100, headers: ['x-request-id', 'x-bench-id'] }),
      20,
    );
    slow.sort((a, b) => b.times.p50 - a.times.p50);
    for (const { filter, times } of slow.slice(0, 12))
      console.error(`   ${times.p50.toFixed(1).padStart(8)} ms  ${filter}`);
    const page = timesOf([...first, ...deep]);
    const filters = timesOf(all);
    const boards = timesOf(dashboards);
    const found = timesOf(endpoints);
    const millions = `${(count / 1e6).toLocaleString('en')} million calls`;
    const say = ({ p50, p95, worst }: Times): string =>
      `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`;
    return [
      {
        id,
        what: `first page of the list, ${millions}`,
        figure: say(page),
        target: `p95 ≤ ${50 * scale} ms`,
        met: page.p95 <= 50 * scale,
      },
      {
        id,
        what: `${FILTERS.length} filters of the bar, first page, ${millions} (slowest: ${slow[0]!.filter})`,
        figure: say(filters),
        target: `p95 ≤ ${150 * scale} ms`,
        met: filters.p95 <= 150 * scale,
      },
      {
        id,
        what: `dashboards of an hour, a day, ten days, ${millions}`,
        figure: say(boards),
        target: `p95 ≤ ${100 * scale} ms`,
        met: boards.p95 <= 100 * scale,
      },
      {
        id,
        what: `slowest and failing endpoints of an hour, a day, ten days, ${millions}`,
        figure: say(found),
        target: `p95 ≤ ${100 * scale} ms`,
        met: found.p95 <= 100 * scale,
      },
      ...[
        { what: `histogram of a day and of ten days without a filter`, samples: strips.plain, most: 100 },
        {
          what: `histogram with a filter, ${COUNTED.length - 1} filters, to the last count`,
          samples: strips.filtered,
          most: 300,
        },
        { what: `facets of a day and of ten days without a filter`, samples: panels.plain, most: 100 },
        { what: `facets with a filter (searched for 300 ms at most)`, samples: panels.filtered, most: 350 },
        { what: `apps of an hour, a day, ten days`, samples: apps, most: 100 },
        { what: `who calls what (edges) of an hour, a day, ten days`, samples: edges, most: 100 },
        { what: `costs (spending) of an hour, a day, ten days`, samples: spent, most: 100 },
        { what: `what Costs, Vendors and Map ask: table, series, summary, list, map`, samples: pages, most: 100 },
        { what: `sightings, versions, limits, throttles, a page of metered calls`, samples: others, most: 100 },
        { what: `facets by package, line, process and user (300 ms at most)`, samples: callers, most: 350 },
        { what: `the first 100 in ${SORTED.length} orders, both ways`, samples: sorted, most: 300 },
        { what: `first page with two headers as columns`, samples: withHeaders, most: 50 },
      ].map(({ what, samples, most }) => ({
        id,
        what: `${what}, ${millions}`,
        figure: say(timesOf(samples)),
        target: `p95 ≤ ${most * scale} ms`,
        met: timesOf(samples).p95 <= most * scale,
      })),
    ];
  } finally {
    await reader?.stop();
    if (kept === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
}

export async function run(): Promise<Row[]> {
  const rows = await measure('P9', Number(process.env['BENCH_CALLS'] ?? 1_000_000), 1);
  if (process.argv.includes('--ten-million')) rows.push(...(await measure('P10', 10_000_000, 2)));
  return rows;
}

if (import.meta.main) printRows(await run());
