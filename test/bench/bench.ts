// npm run bench [-- NAME… | --install-peers | --dry]: measures what docs/benchmarks.md reports, ourselves and the peers in one run.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { BenchResult, Finding } from './finding.ts';
import { table } from './finding.ts';
import type { Row } from './row.ts';
import { enterPlace, type Place } from './place.ts';
import { installPeers, sallyport } from './proxies.ts';

/** In the order of the report. A module exports `run(place)`. */
const BENCHES: readonly { name: string; ids: string; title: string; module: string }[] = [
  { name: 'throughput', ids: 'P1 P2', title: 'Requests on kept connections', module: './throughput.ts' },
  { name: 'connections', ids: 'P3', title: 'New connections', module: './connections.ts' },
  { name: 'latency', ids: 'P4', title: 'Added latency', module: './latency.ts' },
  { name: 'big-bodies', ids: 'P5', title: 'Big bodies', module: './big-bodies.ts' },
  { name: 'events', ids: 'P6', title: 'Server-sent events', module: './server-sent-events.ts' },
  { name: 'ingest', ids: 'P7', title: 'Recorder', module: './ingest.ts' },
  { name: 'storage', ids: 'P8', title: 'Storage', module: './storage.ts' },
  { name: 'queries', ids: 'P9 P10', title: 'Questions to the store', module: './queries.ts' },
  { name: 'what-if', ids: 'P13', title: 'Policies on recorded calls', module: './what-if.ts' },
  { name: 'agent', ids: 'P11', title: 'The agent in a program', module: './agent.ts' },
  { name: 'policies', ids: 'P12', title: 'Policies', module: './policies.ts' },
  { name: 'workspace', ids: 'P16', title: 'The open workspace', module: './workspace.ts' },
  { name: 'agent', ids: 'P11', title: 'The agent, governing', module: './agent-govern.ts' },
  { name: 'idle', ids: 'P14 P15', title: 'At rest and at the start', module: './idle-and-start.ts' },
];

const REPORT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(
    `npm run bench -- [NAME…]\n\n  NAME             one of ${BENCHES.map(({ name }) => name).join(', ')} or a target (P1, P9 …); none = all\n  --install-peers  put mockttp and http-mitm-proxy into a folder outside the repository, then end\n  --ten-million    P10 as well, which fills a store with ten million calls\n  --dry            print the report instead of writing docs/benchmarks.md`,
  );
  process.exit(0);
}
if (args.includes('--install-peers')) {
  installPeers();
  process.exit(0);
}
const unbuilt = sallyport.missing();
if (unbuilt !== null) {
  console.error(`Sallyport is ${unbuilt}.`);
  process.exit(1);
}

const wanted = args.filter((argument) => !argument.startsWith('-'));
const chosen = BENCHES.filter(
  ({ name, ids }) =>
    wanted.length === 0 || wanted.some((one) => one === name || ids.split(' ').includes(one.toUpperCase())),
);
/** Other work on the machine; every figure suffers from it. */
const busy = loadavg()[0] ?? 0;
const results: { title: string; result: BenchResult }[] = [];
for (const { name, ids, title, module } of chosen) {
  const file = new URL(module, import.meta.url);
  if (!existsSync(file)) {
    results.push({
      title,
      result: {
        findings: [{ id: ids, what: title, target: '', measured: 'not measured: no such benchmark yet', met: null }],
      },
    });
    continue;
  }
  console.error(`${name} (${ids}) …`);
  const started = performance.now();
  const place = enterPlace();
  try {
    const { run } = (await import(file.href)) as { run: (place: Place) => Promise<BenchResult | Row[]> };
    results.push({ title, result: asResult(await run(place)) });
  } catch (error) {
    console.error(error);
    results.push({
      title,
      result: {
        findings: [
          {
            id: ids,
            what: title,
            target: '',
            measured: `failed: ${error instanceof Error ? error.message : String(error)}`,
            met: false,
          },
        ],
      },
    });
  } finally {
    await place.leave();
  }
  for (const finding of results.at(-1)?.result.findings ?? [])
    console.error(`  ${mark(finding)} ${finding.id} ${finding.what}: ${finding.measured} (target ${finding.target})`);
  console.error(`  took ${Math.round((performance.now() - started) / 1000)} s`);
}

const report = compose();
if (args.includes('--dry') || (wanted.length > 0 && !args.includes('--write'))) console.log(report);
else writeFileSync(REPORT, report);

/** The store's benchmarks, which need no place, give plain rows. */
function asResult(result: BenchResult | Row[]): BenchResult {
  if (!Array.isArray(result)) return result;
  return { findings: result.map(({ id, what, figure, target, met }) => ({ id, what, target, measured: figure, met })) };
}

function mark({ met }: Finding): string {
  return met === null ? '–' : met ? '✓' : '✗';
}

function compose(): string {
  const findings = results.flatMap(({ result }) => result.findings);
  if (wanted.length === 0 && !findings.some(({ id }) => id.includes('P10')))
    findings.push({
      id: 'P10',
      what: 'the same screens with 10 million calls',
      target: '≤ 2× of P9',
      measured: 'not measured (-- --ten-million)',
      met: null,
    });
  const missed = findings.filter(({ met }) => met === false);
  const version = (
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  ).version;
  return [
    '# Benchmarks',
    `Sallyport ${version}, measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench\`: ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${process.versions.node}. Load generator, origin and proxy share the machine, so rates are the machine's as much as the proxy's; ratios within one run are what counts.${busy > 1 ? ` **Other work kept the machine busy meanwhile (load average ${busy.toFixed(1)} at the start), so absolute figures are far below its best.**` : ''}`,
    missed.length === 0
      ? 'All targets that were measured are met.'
      : `**Missed:** ${missed.map(({ id, what, measured, target }) => `${id} ${what}: ${measured} (target ${target})`).join('; ')}.`,
    table(
      ['target', 'what', 'should be', 'is', ''],
      findings.map((finding) => [finding.id, finding.what, finding.target, finding.measured, mark(finding)]),
    ),
    ...results.flatMap(({ title, result }) => (result.details ? [`## ${title}`, result.details] : [])),
    '',
  ].join('\n\n');
}
